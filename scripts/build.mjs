// Bundles src/ and plugins/ into dist/ with their types beside them and the dashboard into dist/web, and writes
// oclif.manifest.json.
// `--if-changed` does nothing when no source changed since the last build.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Plugin } from "@oclif/core";
import { bundle } from "./bundle.mjs";
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
  "scripts/bundle.mjs",
  "scripts/deferred.mjs",
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
  const args = [
    compiler,
    "-p",
    "tsconfig.build.json",
    "--incremental",
    "--tsBuildInfoFile",
    "dist/.tsbuildinfo",
    "--emitDeclarationOnly",
  ];
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (result.status !== 0) process.exit(result.status ?? 1);
  removeOrphans(new Set(await bundle(root, dist)));
  await buildWeb(path.join(dist, "web"));
  await writeManifest();
  fs.writeFileSync(stamp, state);
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
