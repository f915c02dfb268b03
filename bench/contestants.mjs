// Who runs graphs in benches, and where what they write is kept.
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { askProcess } from "./harness.mjs";
import { shared } from "./servers.mjs";

const here = fileURLToPath(new URL("./", import.meta.url));
const peers = path.join(here, "peers/node_modules");

/** @typedef {import("./harness.mjs").Contestant} Contestant */

/** Where graphs are run durably: what `children/stages.mjs` calls it, and what people do. */
export const PLACES = {
  sqlite3: { title: "SQLite", ours: "ours:sqlite:sqlite3" },
  "better-sqlite3": { title: "better-sqlite3", ours: "ours:sqlite:better-sqlite3" },
  postgres: { title: "PostgreSQL", ours: "ours:postgres" },
};

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-bench-"));
process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));

/** Whether the other engines were installed. */
export const hasPeers = () => fs.existsSync(peers);

/** A process that measures `file` with these arguments and a folder behind them; `needs` are what it is started with. */
export function child(name, [file, ...args], { flags = [], ...needs } = {}) {
  const command = [...flags, path.join(here, file), ...args, folder];
  return { name, command, needs, measure: () => askProcess(command, { cwd: here, ...needs }) };
}

/**
 * Stagecraft or a floor on a workload; undefined where what it is kept in cannot be had.
 * @param {string} name @param {string} who as `children/stages.mjs` takes it @param {"cold" | "warm" | "command"} [mode]
 * @returns {Promise<Contestant | undefined>}
 */
export async function stages(name, who, workload, mode = "cold") {
  const needs = await needsOf(who);
  return needs && child(name, ["children/stages.mjs", who, workload, mode], needs);
}

async function needsOf(who) {
  if (who.endsWith("better-sqlite3")) return besides();
  return who.endsWith("postgres") ? shared("PostgreSQL") : {};
}

/** The faster driver, installed beside Stagecraft or with the peers. */
function besides() {
  try {
    createRequire(import.meta.url).resolve("better-sqlite3");
    return {};
  } catch {
    if (fs.existsSync(path.join(peers, "better-sqlite3")))
      return { flags: ["--import", path.join(here, "children/beside.mjs")] };
    console.error("no better-sqlite3: npm install --prefix bench/peers");
    return undefined;
  }
}

/** The first Node that an engine may be run with: this one, or the one that is installed with the peers. */
export function nodeFrom(major) {
  const own = path.join(peers, `node-${process.platform}-${process.arch}/bin/node`);
  if (Number(process.versions.node.split(".")[0]) >= major) return process.execPath;
  return fs.existsSync(own) ? own : undefined;
}

/**
 * A bench that is put together, and the servers it needs started, when its turn comes: without those who cannot be had,
 * and undefined without its floor or without anybody to compare.
 * @param {{ id: string, name: string }} named @param {() => Promise<object>} rest
 */
export function benchOf(named, rest) {
  const open = async () => {
    const { floor, ours, ...more } = await rest();
    const there = (await Promise.all(ours)).filter((contestant) => contestant !== undefined);
    return floor === undefined || there.length === 0 ? undefined : { ...named, ...more, floor, ours: there };
  };
  return { ...named, open };
}
