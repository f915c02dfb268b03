// Servers that benches need. Each is gone when `stopAll` of `capacity/processes.mjs` was called.
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { createJiti } from "jiti";
import { start } from "./capacity/processes.mjs";

const ROOT = new URL("..", import.meta.url).pathname;
const require = createRequire(import.meta.url);

/**
 * @typedef {object} Found
 * @property {readonly number[]} pids Of the processes started, of which others may be children.
 * @property {Readonly<Record<string, string>>} env How a child of a bench finds it.
 */

/** @type {Map<string, Promise<Found | undefined>>} */
const asked = new Map();

/** A server that all benches of this process share; undefined where it cannot be had, which is said once. @param {string} name */
export function shared(name) {
  if (!asked.has(name)) asked.set(name, found(name));
  return asked.get(name);
}

async function found(name) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-bench-"));
  process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  try {
    return await SHARED[name](folder);
  } catch (error) {
    console.error(`no ${name}, so nothing is measured that needs it: ${error.message}`);
    return undefined;
  }
}

const SHARED = {
  /** As shipped: it syncs, and `synchronous_commit` is on. */
  async PostgreSQL(folder) {
    const { pid, url } = await postgresIn(folder, []);
    return { pids: [pid], env: { BENCH_POSTGRES: url } };
  },
  async Restate(folder) {
    const { pid, host } = await restateIn(folder);
    return { pids: [pid], env: { BENCH_RESTATE: host } };
  },
  /** The machine's, or out of Debian's packages; its log is synced before it answers. */
  async Redis(folder) {
    const { programOf } = await createJiti(import.meta.url).import("../test/support/debian.ts");
    const program = programOf("redis-server", "redis-server", "bin", "--version");
    if (typeof program === "string") throw new Error(program);
    const port = await freePort();
    const place = ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder];
    const { pid } = await start(
      program.file,
      [...place, "--save", "", "--appendonly", "yes", "--appendfsync", "always"],
      {
        ...{ env: program.env, log: path.join(folder, "redis.log"), until: { host: "127.0.0.1", port } },
      },
    );
    return { pids: [pid], env: { BENCH_REDIS: String(port) } };
  },
};

/** A PostgreSQL server whose user `stagecraft` may do all. @param {readonly string[]} settings as `name=value` */
export async function postgresIn(folder, settings) {
  const log = path.join(folder, "keeper.log");
  const keeper = path.join(ROOT, "test/support/postgres/keeper.mjs");
  const { pid } = await start(process.execPath, [keeper, ...settings], { log, until: "\n" });
  const said = fs.readFileSync(log, "utf8").trim();
  if (!/^\d+$/.test(said)) throw new Error(said);
  return { pid, url: `postgres://stagecraft@127.0.0.1:${said}/postgres` };
}

/** A Restate server of one node, on an address of this machine that nobody else has. @param {Record<string, string>} settings */
export async function restateIn(folder, settings = {}) {
  const [a, b] = [64 + (process.pid % 190), Math.floor(Math.random() * 256)];
  const host = `127.${a}.${b}.1`;
  const binary = require.resolve(`@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`);
  const own = { RESTATE_BIND_IP: host, RESTATE_ADVERTISED_HOST: host, RESTATE_NODE_NAME: "node1" };
  const env = { ...own, RESTATE_DISABLE_TELEMETRY: "true", ...settings };
  const args = ["--base-dir", path.join(folder, "restate"), "--listen-mode", "tcp", "--no-logo"];
  const { pid } = await start(binary, args, {
    ...{ env, log: path.join(folder, "restate.log"), until: { host, port: 8080 } },
  });
  return { pid, host };
}

async function freePort() {
  const probe = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
