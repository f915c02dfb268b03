// Packages that most starts do not come to, but that code imports where it must not wait: each is a file of its own in
// the build, read when the first of its functions is called.
import path from "node:path";
import { build } from "esbuild";

/** File below `dist/packages` → the packages in it, by the names they are imported under. */
const FILES = {
  ajv: ["ajv", "ajv/dist/2020.js", "ajv-formats"],
  croner: ["croner"],
  csv: ["csv-parse", "csv-parse/sync", "csv-stringify/sync"],
  re2js: ["re2js"],
};

/** Writes the files. Returns what esbuild says of them. */
export async function buildDeferred(root, dist, options) {
  const builds = Object.entries(FILES).map(([file, names]) =>
    build({
      ...options,
      format: "cjs",
      stdin: {
        contents: names
          .map((name) => `exports[${JSON.stringify(name)}] = require(${JSON.stringify(name)});`)
          .join("\n"),
        resolveDir: root,
      },
      outfile: path.join(dist, "packages", `${file}.cjs`),
    }),
  );
  return (await Promise.all(builds)).map(({ metafile }) => metafile);
}

/** Of such a package the code gets stand-ins for its functions and classes, under the same names. */
export function deferredPackages() {
  const files = new Map(Object.entries(FILES).flatMap(([file, names]) => names.map((name) => [name, file])));
  return {
    name: "deferred-packages",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[a-z]/ }, ({ path: name }) =>
        files.has(name) ? { path: name, namespace: "deferred" } : undefined,
      );
      onResolve({ filter: /^#packages\// }, ({ path: name }) => ({ path: name, external: true }));
      onLoad({ filter: /./, namespace: "deferred" }, async ({ path: name }) => ({
        contents: standIns(name, files.get(name), await import(name)),
      }));
    },
  };
}

/** Types are gone by now, so what is imported are functions, classes, and nothing else that a stand-in could not be. */
function standIns(name, file, module) {
  const functions = Object.keys(module).filter((key) => /^[\w$]+$/.test(key) && typeof module[key] === "function");
  return [
    `const all = () => require("#packages/${file}.cjs")[${JSON.stringify(name)}];`,
    "const standIn = (name) => new Proxy(function () {}, {",
    // A CommonJS module that is a function is its own default.
    "  get: (_, key) => Reflect.get(real(name), key, real(name)),",
    "  apply: (_, self, given) => Reflect.apply(real(name), self, given),",
    "  construct: (_, given) => Reflect.construct(real(name), given),",
    "});",
    'const real = (name) => (name === "default" ? (all().default ?? all()) : all()[name]);',
    ...functions.map((key, index) => `const v${index} = /* @__PURE__ */ standIn("${key}");`),
    `export { ${functions.map((key, index) => `v${index} as ${key}`).join(", ")} };`,
  ].join("\n");
}
