import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { askProcess } from "./harness.mjs";
import { recordedNames } from "./workloads.mjs";

const here = fileURLToPath(new URL("./", import.meta.url));
const OURS = "Stagecraft";

/** What each workload is called, and how much slower than its floor it may be. */
const IN_MEMORY = [
  ["chain:1000", "chain of 1,000", 3],
  ["fan:1000", "1 → 1,000 → 1", 3],
  ["layers:1000", "25 layers of 40", 3],
  ["runs:1000", "100 runs of 10", 3],
  ["fan:10000", "1 → 10,000 → 1", 2.5],
];
const DURABLE = [
  ["chain:1000", "chain of 1,000", "single", 1.5],
  ["fan:1000", "1 → 1,000 → 1", "grouped", 3],
  ["layers:1000", "25 layers of 40", "grouped", 3],
  ["runs:1000", "100 runs of 10", "grouped", 4],
  ["fan:10000", "1 → 10,000 → 1", "grouped", 3],
];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-bench-"));
process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));

/** A process that measures `file` with these arguments and a folder behind them. */
export const child = (file, ...args) => ({ measure: () => askProcess([path.join(here, file), ...args, folder], here) });
const stages = (who, workload) => child("children/stages.mjs", who, workload);

/** Running graphs whose stages do next to nothing, and prove that each ran once and in order. */
export function make() {
  return [...graphs(), ...faster(), pure(), resumed()];
}

/** With the `workload` and what it is kept in, for those who compare more engines. */
export function graphs() {
  return [...inMemory(), ...durable("sqlite3")];
}

/** The faster driver, where it is installed beside the package. */
function faster() {
  try {
    createRequire(import.meta.url).resolve("better-sqlite3");
  } catch {
    console.error("no better-sqlite3: npm install --no-save better-sqlite3");
    return [];
  }
  return durable("better-sqlite3");
}

function inMemory() {
  const recorded = recordedNames().map((name) => [`wf:${name}`, `the recorded graph ${name}`, 2.5]);
  return [...IN_MEMORY, ...recorded].map(([workload, title, goal]) => ({
    name: `in memory: ${title}`,
    about: "The floor counts in-degrees and starts stages through p-limit; it keeps nothing.",
    floor: { name: "in-degrees and p-limit", ...stages("floor:memory", workload) },
    ours: [{ name: OURS, ...stages("ours:memory", workload) }],
    goals: { [OURS]: goal },
    how: "memory",
    workload,
  }));
}

function durable(driver) {
  return DURABLE.map(([workload, title, floor, goal]) => ({
    name: `${driver === "sqlite3" ? "SQLite" : driver}: ${title}`,
    about:
      floor === "single"
        ? "The floor is one synced transaction a stage through the same driver, before the next may start."
        : "The floor writes what ended meanwhile as one synced transaction, through the same driver, before what needs it may start.",
    floor: { name: `floor, ${floor}`, ...stages(`floor:${floor}:${driver}`, workload) },
    ours: [{ name: OURS, ...stages(`ours:sqlite:${driver}`, workload) }],
    goals: { [OURS]: goal },
    how: "sqlite",
    workload,
  }));
}

function pure() {
  return {
    name: "pure stages: chain of 1,000",
    about: "Functions of their input run ahead of the disk. The floor is the same run in memory.",
    floor: { name: "in memory", ...stages("ours:memory", "pure:1000") },
    ours: [{ name: "on SQLite", ...stages("ours:sqlite", "pure:1000") }],
    goals: { "on SQLite": 6 },
  };
}

function resumed() {
  return {
    name: "taken up after SIGKILL",
    about:
      "A chain of 1,000 whose process is killed at stage 500; from the start of the next process to its first new stage. The floor is a fresh run of three stages. A stage that had ended and ran again fails the bench.",
    floor: { name: "a fresh run", ...child("children/resume.mjs", "fresh") },
    ours: [{ name: "the rest of 1,000", ...child("children/resume.mjs", "rest") }],
    goals: { "the rest of 1,000": 1.5 },
  };
}
