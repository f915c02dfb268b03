/**
 * What a very large run costs, and what a waiting one does: time, memory and bytes a stage, and how soon a run that was
 * interrupted does its next stage. `npm run scale -- --stages 100000`. Each figure comes from a process of its own.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const { values } = parseArgs({
  options: { stages: { type: "string" }, driver: { type: "string" }, only: { type: "string" } },
});
const stages = Number(values.stages ?? 100_000);
const driver = values.driver ?? "sqlite3";

const root = fileURLToPath(new URL("..", import.meta.url));
const workshop = mkdtempSync(path.join(tmpdir(), "scale-"));
process.on("exit", () => rmSync(workshop, { recursive: true }));
const worker = await buildWorker();

const shapes = ["fan", "layered", "chain"].filter((shape) => values.only === undefined || values.only === shape);
for (const shape of shapes) {
  for (const size of [1_000, stages / 10, stages]) report({ shape, size, driver });
}
if (values.only === undefined || values.only === "waiting") report({ shape: "waiting", size: 10_000, driver });

/** The sources as one file: the engine alone has no door in what is shipped. */
async function buildWorker() {
  const outfile = path.join(workshop, "worker.mjs");
  symlinkSync(path.join(root, "node_modules"), path.join(workshop, "node_modules"));
  await build({
    entryPoints: [path.join(root, "scripts/scale/worker.mjs")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    alias: { "stagecraft/plugin": path.join(root, "src/plugin/api.ts") },
    define: { STAGECRAFT_REDUCER: JSON.stringify("scale") },
  });
  return outfile;
}

/** A run from its beginning, then the same interrupted at nine tenths and taken up by another process. */
function report({ shape, size, driver }) {
  const folder = mkdtempSync(path.join(workshop, "figure-"));
  const measure = (task, name) => {
    const request = JSON.stringify({ task, shape, size, driver, file: path.join(folder, name) });
    const { status, stdout, stderr } = spawnSync(process.execPath, [worker, request], { encoding: "utf8" });
    if (status !== 0) throw new Error(`${request}: ${stderr}`);
    return JSON.parse(stdout);
  };
  try {
    const whole = measure("whole", "whole.sqlite");
    if (shape === "waiting") return print(shape, size, whole);
    measure("part", "part.sqlite");
    print(shape, size, { ...whole, ...measure("resume", "part.sqlite") });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function print(shape, size, figures) {
  const cells = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  console.log(`${shape} ${size}: ${cells.join(", ")}`);
}
