// Bundles src/ and plugins/ into dist/ with their types beside them and the dashboard into dist/web, and writes
// oclif.manifest.json.
// `--if-changed` does nothing when no source changed since the last build; `--program` makes no types, which take most of
// the time and which only other programs read.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Plugin } from "@oclif/core";
import { bundle } from "./bundle.mjs";
import { buildWeb } from "./web.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, "dist");
/** Of what each part was made; a part that is missing or of other sources is made. */
const STAMPS = { program: path.join(dist, ".build"), types: path.join(dist, ".build-types") };
const manifest = path.join(root, "oclif.manifest.json");
const SOURCES = [
  "src",
  "plugins",
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "scripts/build.mjs",
  "scripts/bundle.mjs",
  "scripts/deferred.mjs",
  "scripts/web.mjs",
];

const state = fingerprint();
const isForced = !process.argv.includes("--if-changed");
const wanted = process.argv.includes("--program") ? ["program"] : ["program", "types"];
const missing = wanted.filter((part) => isForced || !isBuilt(part));
if (missing.length > 0) await build(missing);

function isBuilt(part) {
  const stamp = STAMPS[part];
  return fs.existsSync(manifest) && fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === state;
}

/** Of names, sizes and times: cheap, and a deleted or renamed file counts as a change. */
function fingerprint() {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap((name) => filesBelow(path.join(root, name)))) {
    const { size, mtimeMs } = fs.statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/** Both at once: the compiler is a process of its own. */
async function build(parts) {
  if (!isForced) console.error(`Building the ${parts.join(" and the ")}: some seconds, once.`);
  const makers = { program: makeProgram, types: makeTypes };
  const made = await Promise.all(parts.map((part) => makers[part]()));
  if (made.includes(false)) process.exit(1);
  for (const part of parts) fs.writeFileSync(STAMPS[part], state);
}

async function makeProgram() {
  removeOrphans(new Set(await bundle(root, dist)));
  await buildWeb(path.join(dist, "web"));
  await writeManifest();
  return true;
}

/** False: the compiler found faults, and has said them. */
function makeTypes() {
  const options = ["--incremental", "--tsBuildInfoFile", "dist/.tsbuildinfo", "--emitDeclarationOnly"];
  const args = [path.join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json", ...options];
  const compiler = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    compiler.on("error", reject);
    compiler.on("close", (code) => resolve(code === 0));
  });
}

/** What an earlier build wrote and this one did not; a stale command must not live on. */
function removeOrphans(bundled) {
  for (const file of filesBelow(dist)) {
    if (file.startsWith(path.join(dist, "web"))) continue;
    const source = path.join(root, path.relative(dist, file)).replace(/\.d\.ts$/, ".ts");
    const isOurs = path.basename(file).startsWith(".") || bundled.has(file);
    const isTyped = file.endsWith(".d.ts") && (fs.existsSync(source) || fs.existsSync(`${source}x`));
    if (!isOurs && !isTyped) fs.rmSync(file);
  }
}

/** With the manifest, oclif loads only the command that is called. */
async function writeManifest() {
  fs.rmSync(manifest, { force: true });
  const plugin = new Plugin({ root, type: "user", ignoreManifest: true, errorOnManifestCreate: true });
  await plugin.load();
  fs.writeFileSync(manifest, `${JSON.stringify(plugin.manifest, null, 2)}\n`);
}

function filesBelow(place) {
  const entry = fs.statSync(place, { throwIfNoEntry: false });
  if (!entry) return [];
  if (!entry.isDirectory()) return [place];
  return fs
    .readdirSync(place)
    .sort()
    .flatMap((name) => filesBelow(path.join(place, name)));
}
