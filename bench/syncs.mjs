import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { treeOf } from "./capacity/processes.mjs";
import { hasPeers, PLACES, stages } from "./contestants.mjs";
import { floorOf, OURS } from "./engine.mjs";
import { DURABLE, peersOf } from "./peers.mjs";
import { COMMON, TITLES } from "./workloads.mjs";

const CALLS = "trace=fsync,fdatasync,sync_file_range,msync,sync,syncfs";
/** Runs of `children/stages.mjs` that a warm process does more than a cold one. */
const MORE = 14;

/** What is synced, as the system sees it: counted under strace in the process and in the server it writes to. */
export function make() {
  try {
    execFileSync("strace", ["-V"], { stdio: "ignore" });
  } catch {
    console.error("no strace, so syncs are not counted");
    return [];
  }
  return [...COMMON, "pure:1000"].map(countOurs).concat(hasPeers() ? [countPeers()] : []);
}

/** Per run, so that what the making of a database takes is no part of it. */
function countOurs(workload) {
  return counted(`syncs/${workload}`, `syncs of a run: ${TITLES[workload]}`, "Of a whole run.", async () => {
    const kept = Object.entries(PLACES).flatMap(([driver, { title, ours }]) => [
      ...(workload.startsWith("pure") ? [] : [[`floor, ${title}`, `floor:${floorOf(workload)}:${driver}`]]),
      [`${OURS}, ${title}`, ours],
    ]);
    const counts = [];
    for (const [name, who] of kept) {
      const [cold, warm] = [await stages(name, who, workload), await stages(name, who, workload, "warm")];
      if (cold === undefined) continue;
      counts.push({ name, syncs: ((await syncsOf(warm)) - (await syncsOf(cold))) / MORE });
    }
    return counts;
  });
}

function countPeers() {
  const about = "A stage of a chain: what 600 stages took beyond what 100 did.";
  return counted("syncs/peers", "syncs a stage: other engines", about, async () => {
    const [short, long] = [await peersOf(DURABLE, "chain:100"), await peersOf(DURABLE, "chain:600")];
    const counts = [];
    for (const [at, one] of long.entries())
      counts.push({ name: one.name, syncs: ((await syncsOf(one)) - (await syncsOf(short[at]))) / 500 });
    return counts;
  });
}

function counted(id, name, about, count) {
  return { id, name, open: () => ({ count: async () => ({ id, name, about, counts: await count() }) }) };
}

/** Syncs of a process of a contestant from its start to its end, and of its server meanwhile. */
async function syncsOf({ command, needs: { env = {}, program = process.execPath, pids = [] } }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-syncs-"));
  const log = path.join(folder, "trace");
  const server = pids.length === 0 ? undefined : await watch(pids.flatMap(treeOf), path.join(folder, "server"));
  const traced = ["-f", "-qq", "-e", CALLS, "-e", "signal=none", "-o", log, program, ...command];
  const child = spawn("strace", traced, { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}`);
  const logs = [log, ...(server === undefined ? [] : [await server()])];
  const lines = logs.flatMap((file) => fs.readFileSync(file, "utf8").split("\n"));
  fs.rmSync(folder, { recursive: true });
  // A call that another interrupted in the log is told in two lines.
  return lines.filter((line) => /^\d+ +[a-z_]+\(/.test(line)).length;
}

/** Watches processes that run; what it returns ends that and names the file. */
async function watch(pids, file) {
  const flags = ["-f", "-qq", "-e", CALLS, "-e", "signal=none", "-o", file];
  const tracer = spawn("strace", [...flags, ...pids.flatMap((pid) => ["-p", String(pid)])], { stdio: "ignore" });
  const gone = once(tracer, "exit");
  await new Promise((resolve) => setTimeout(resolve, 500));
  return async () => {
    tracer.kill("SIGINT");
    await gone;
    return file;
  };
}
