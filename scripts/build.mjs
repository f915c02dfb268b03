// Compiles src/ and plugins/ into dist/, bundles the dashboard into dist/web and writes oclif.manifest.json.
// `--if-changed` does nothing when no source changed since the last build.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Plugin } from "@oclif/core";
import { buildWeb } from "./web.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, "dist");
const stamp = path.join(dist, ".build");
const manifest = path.join(root, "oclif.manifest.json");
const SOURCES = [
  "src",
  "plugins",
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "scripts/build.mjs",
  "scripts/web.mjs",
];

const state = fingerprint();
const isBuilt = fs.existsSync(manifest) && fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === state;
if (!process.argv.includes("--if-changed") || !isBuilt) await build();

/** Of names, sizes and times: cheap, and a deleted or renamed file counts as a change. */
function fingerprint() {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap((name) => filesBelow(path.join(root, name)))) {
    const { size, mtimeMs } = fs.statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

async function build() {
  const compiler = path.join(root, "node_modules/typescript/bin/tsc");
  const args = [compiler, "-p", "tsconfig.build.json", "--incremental", "--tsBuildInfoFile", "dist/.tsbuildinfo"];
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (result.status !== 0) process.exit(result.status ?? 1);
  removeOrphans();
  await buildWeb(path.join(dist, "web"));
  await writeManifest();
  fs.writeFileSync(stamp, state);
}

/** What was compiled from a file that is gone; a stale command must not live on. */
function removeOrphans() {
  for (const file of filesBelow(dist)) {
    if (file.startsWith(path.join(dist, "web"))) continue;
    const source = path.join(root, path.relative(dist, file)).replace(/(\.d\.ts|\.js)$/, "");
    const isOurs = path.basename(file).startsWith(".");
    if (!isOurs && !fs.existsSync(`${source}.ts`) && !fs.existsSync(`${source}.tsx`)) fs.rmSync(file);
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
