import fs from "node:fs";
import path from "node:path";
import { postgresIn, restateIn } from "../servers.mjs";
import { bytesBelow, cpuOf, rssOf, start } from "./processes.mjs";

const ROOT = new URL("../..", import.meta.url).pathname;

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
  // It does not sync: what is measured is what workers do, and many at once.
  const { pid, url: db } = await postgresIn(folder, ["fsync=off", "max_connections=300", "shared_buffers=64MB"]);
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
    servers: () => ({ PostgreSQL: { cpu: cpuOf(pid), rss: 0 } }),
  };
}

async function restate(options) {
  const { folder, workers, haproxy } = options;
  const base = await postgres(options);
  const server = await restateIn(folder, {
    ...{ RESTATE_DEFAULT_NUM_PARTITIONS: "4", RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE: "512 MiB" },
  });
  const at = (last) => server.host.replace(/\d+$/, String(last));
  const data = path.join(folder, "restate");
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
