// Joins the sources and their packages into few files: a process starts several times faster than from a thousand.
// One build with shared chunks, so that the command line, the library and a plugin's door are the same modules.
import { createHash } from "node:crypto";
import fs from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { build } from "esbuild";
import { buildDeferred, deferredPackages } from "./deferred.mjs";

/** Left to npm: what has native parts, finds its own files, or is there only when the user installed it. */
const NATIVE = ["sqlite3", "better-sqlite3"];
const SELF_LOCATING = ["jiti", "jsonata"];
const MCP = ["client", "server"].flatMap((end) => [
  `@modelcontextprotocol/${end}`,
  `@modelcontextprotocol/${end}/stdio`,
]);
const MAIL = ["nodemailer"];
const RESTATE = ["@restatedev/restate-sdk", "@restatedev/restate-server"];
const TELEMETRY = ["exporter-trace-otlp-http", "resources", "sdk-trace-node"].map((name) => `@opentelemetry/${name}`);
const ABSENT = ["pg", "pg-query-stream", "tedious", "mysql", "mysql2", "mariadb", "oracledb", "typescript", "ts-node"];

/** CommonJS packages ask this way for Node's modules and for their own folder. */
const BANNER = [
  'import { createRequire as requireFrom } from "node:module";',
  "const require = requireFrom(import.meta.url);",
  "const __filename = import.meta.filename, __dirname = import.meta.dirname;",
].join("\n");

/** Writes `dist/**.js` and the licences of what went into it. Returns the files written, absolute. */
export async function bundle(root, dist) {
  const options = {
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20.19",
    // Names stay: they are in stack traces. What no machine reads goes, for it is read at every start.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  };
  const main = build({
    ...options,
    entryPoints: entries(root),
    outdir: dist,
    outbase: root,
    chunkNames: "chunks/[name]-[hash]",
    splitting: true,
    format: "esm",
    write: false,
    external: [...NATIVE, ...SELF_LOCATING, ...MCP, ...MAIL, ...TELEMETRY, ...RESTATE, ...ABSENT],
    alias: { "stagecraft/plugin": path.join(root, "src/plugin/api.ts") },
    plugins: [withoutUnused(), deferredPackages(), namedAsNodeNames(root)],
    // A bundle has no `core` to read: what names the code that folds journals is worked out from the sources.
    // Nor has oclif its package.json there, by which it would judge the version of Node.
    define: {
      STAGECRAFT_REDUCER: JSON.stringify(hashOfFolders(path.join(root, "src/core"))),
      "process.env.OCLIF_DISABLE_ENGINE_WARNING": '"1"',
    },
  });
  const { metafile, outputFiles } = await main;
  outputFiles.forEach(writeModule);
  const metafiles = [metafile, ...(await buildDeferred(root, dist, options))];
  const client = path.join(dist, "src/client/index.js");
  await bundleClient(root, client);
  const licenses = path.join(dist, "THIRD-PARTY-LICENSES.txt");
  const inputs = metafiles.flatMap((one) => Object.keys(one.inputs));
  fs.writeFileSync(licenses, licensesOf(root, inputs));
  const written = metafiles.flatMap((one) => Object.keys(one.outputs));
  return [...written.map((file) => path.join(root, file)), client, licenses];
}

/** Each module that makes a `require` costs a start some of its time. */
function writeModule({ path: file, text }) {
  const asks = /\b(require|__filename|__dirname)\b/.test(text);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, asks ? `${BANNER}\n${text}` : text);
}

/** By itself, without a word of Node: a browser may load it too. */
async function bundleClient(root, outfile) {
  const entryPoints = [path.join(root, "src/client/index.ts")];
  const options = { bundle: true, format: "esm", platform: "neutral", target: "es2022", logLevel: "warning" };
  await build({ absWorkingDir: root, entryPoints, outfile, ...options });
}

/** The hash of all files below a folder, by their names. */
function hashOfFolders(folder) {
  const hash = createHash("sha256");
  const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  for (const name of files.sort()) hash.update(name).update(fs.readFileSync(path.join(folder, name)));
  return hash.digest("hex").slice(0, 16);
}

/**
 * `await import()` of a CommonJS package gives what Node would: the names that Node finds in it. Bundlers give only
 * its default.
 */
function namedAsNodeNames(root) {
  const isPackage = /^[@a-z]/;
  return {
    name: "named-as-node-names",
    setup({ onResolve, onLoad, initialOptions: { external, alias } }) {
      onResolve({ filter: isPackage }, ({ path: name, kind, namespace }) => {
        const isOurs = kind === "dynamic-import" && namespace === "file";
        if (!isOurs || external.includes(name) || Object.hasOwn(alias, name) || isBuiltin(name)) return undefined;
        return { path: name, namespace: "named" };
      });
      onLoad({ filter: /./, namespace: "named" }, async ({ path: name }) => {
        const names = Object.keys(await import(name)).filter((word) => /^[\w$]+$/.test(word));
        const lines = names.map((word, index) => `const v${index} = all.${word}; export { v${index} as ${word} };`);
        return { contents: `import * as all from "${name}";\n${lines.join("\n")}`, resolveDir: root };
      });
    },
  };
}

/**
 * What of a package nothing here comes to, but every start would read. Of Knex: other databases, its migrations, its seeds
 * and its words for tables. Of oclif: finding commands without the manifest, plugins of the command line, its spinner, and what tells
 * a Linux inside Windows from others.
 */
const UNUSED = {
  knex: /^(\.\/(cockroachdb|mssql|mysql|mariadb|mysql2|oracle|oracledb|pgnative|redshift)|\.\.\/migrations\/(migrate\/Migrator|seed\/Seeder)|\.{1,2}\/schema\/.+)$/,
  "@oclif/core": /^(\.\/action\/spinner|minimatch|semver|tinyglobby|wsl-utils)$/,
};

function withoutUnused() {
  return {
    name: "without-unused",
    setup({ onResolve, onLoad }) {
      for (const [owner, filter] of Object.entries(UNUSED)) {
        const folder = path.join("node_modules", owner, "lib", path.sep);
        onResolve({ filter }, ({ path: name, importer }) =>
          importer.includes(folder) ? { path: name, namespace: "unused" } : undefined,
        );
      }
      onLoad({ filter: /./, namespace: "unused" }, () => ({ contents: "module.exports = class {};" }));
    },
  };
}

/** Doors of the package: what `exports` and `bin` name, and what oclif loads by its path. */
function entries(root) {
  const below = ["src/cli/commands", "src/cli/hooks"].flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => path.join(folder, name)),
  );
  return ["src/index.ts", "src/plugin/api.ts", "src/cli/main.ts", ...below.sort()];
}

/** The licence of every package that has a file in the bundle, as its authors wrote it. */
function licensesOf(root, inputs) {
  const folders = inputs.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0]);
  const texts = [...new Set(folders)]
    .filter((folder) => folder !== undefined)
    .map((folder) => path.resolve(root, folder))
    .map((folder) => {
      const { name, version, license } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
      const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file === undefined ? "" : `\n\n${fs.readFileSync(path.join(folder, file), "utf8").trim()}`;
      return `${name} ${version} (${license})${text}\n`;
    });
  return texts.sort().join(`\n${"-".repeat(80)}\n\n`);
}
