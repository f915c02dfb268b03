import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";

/** Ticks in a second, of the times in /proc: the same on every Linux. */
const TICKS = 100;

const started = [];

/**
 * Starts a process that is gone with this one's work, and resolves when it has said `until`, or takes connections at `host`:`port`.
 * @param {string} file @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, log: string, until: string | { host: string, port: number } }} options
 */
export async function start(file, args, { cwd, env, log, until }) {
  const output = fs.openSync(log, "w");
  const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ["pipe", output, output] });
  fs.closeSync(output);
  const gone = new Promise((resolve) => child.once("exit", resolve).once("error", resolve));
  started.push({ child, gone });
  const isReady = () => (typeof until === "string" ? fs.readFileSync(log, "utf8").includes(until) : isOpen(until));
  while (!(await isReady())) {
    if (child.exitCode !== null || child.pid === undefined)
      throw new Error(`${file} ended:\n${fs.readFileSync(log, "utf8")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return child;
}

/** Ends what was started, the youngest first. */
export async function stopAll() {
  for (const { child, gone } of started.splice(0).reverse()) {
    child.stdin?.end();
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await gone;
    clearTimeout(late);
  }
}

async function isOpen({ host, port }) {
  const socket = net.connect(port, host);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** CPU time that a process and all it started have used so far: milliseconds. */
export function cpuOf(pid) {
  let ticks = 0;
  for (const { own, reaped } of statsBelow(pid)) ticks += own + reaped;
  return (ticks / TICKS) * 1_000;
}

/** Memory that a process holds by itself or shares: MiB. */
export function rssOf(pid) {
  const [, pages] = fs.readFileSync(`/proc/${pid}/statm`, "utf8").split(" ");
  return (Number(pages) * 4_096) / 2 ** 20;
}

/** A process and all that it started: their ids. */
export function treeOf(pid) {
  return statsBelow(pid).map(({ pid: id }) => id);
}

function statsBelow(root) {
  const all = fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap(statOf);
  const wanted = new Set([root]);
  // Children have mostly higher numbers than their parents; a second round finds the others.
  for (let round = 0; round < 3; round++) for (const { pid, parent } of all) if (wanted.has(parent)) wanted.add(pid);
  return all.filter(({ pid }) => wanted.has(pid));
}

function statOf(name) {
  try {
    const stat = fs.readFileSync(`/proc/${name}/stat`, "utf8");
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    return [{ pid: Number(name), parent: fields[1], own: fields[11] + fields[12], reaped: fields[13] + fields[14] }];
  } catch {
    // Gone in between.
    return [];
  }
}

/** Connections that a process holds to others. */
export function connectionsOf(pid) {
  const inodes = new Set(
    fs.readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`/proc/${pid}/fd/${name}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  const ESTABLISHED = "01";
  const lines = ["tcp", "tcp6"].flatMap((table) => fs.readFileSync(`/proc/${pid}/net/${table}`, "utf8").split("\n"));
  return lines.map((line) => line.trim().split(/\s+/)).filter((line) => line[3] === ESTABLISHED && inodes.has(line[9]))
    .length;
}

/** Bytes of all files below a folder. */
export function bytesBelow(folder) {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  let bytes = 0;
  for (const { parentPath, path, name } of entries) {
    try {
      bytes += fs.statSync(`${parentPath ?? path}/${name}`).size;
    } catch {}
  }
  return bytes;
}
