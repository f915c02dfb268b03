import { expect, it } from "vitest";
import { wallClock } from "../../../src/app/host.js";
import type { Plan } from "../../../src/core/plan.js";
import { Engine } from "../../../src/engine/engine.js";
import type { Store } from "../../../src/engine/ports.js";
import { begin, journalOf, testHost } from "../../support/host.js";
import { plan } from "../../support/plan.js";
import { child } from "../children.js";
import { database, storeAt } from "./stores.js";

const script = new URL("./children/work.ts", import.meta.url);
const FLYING = `CREATE SCHEMA test; CREATE TABLE test.flying
  (name TEXT, at TIMESTAMPTZ DEFAULT clock_timestamp(), over TIMESTAMPTZ)`;

/** `count` runs of `shape`, and two workers in processes of their own. */
async function twoWorkers(shape: Plan, count: number) {
  const { url, sql } = await database();
  await sql(FLYING);
  const store = await storeAt(url);
  const workers = [child(script, url), child(script, url)] as const;
  for (const worker of workers) expect(await worker.line()).toBe("ready");
  const engine = new Engine(testHost([], { store, clock: wallClock as never }));
  const runs: string[] = [];
  for (let at = 0; at < count; at++) runs.push(await begin(engine, shape));
  return { store, sql, workers, runs };
}

const ended = (store: Store) => async () => (await store.listRuns({ status: ["succeeded"] })).length;
const chain = (stages: number) => plan(Array.from({ length: stages }, (_, at) => `s${at}`).join(" -> "));

it("two workers share the runs of one database; what a killed one drove is taken over within seconds, and nothing finished runs twice", async () => {
  const { store, workers, runs } = await twoWorkers(chain(60), 6);
  const owners = async () => new Set((await store.listRuns({})).flatMap(({ owner }) => owner ?? []));
  const done = async () => (await store.listRuns({})).reduce((sum, { ended }) => sum + ended, 0);
  await expect.poll(done, { timeout: 30_000 }).toBeGreaterThan(20);
  const [victim, other] = workers;
  const mine = async () => [...(await owners())].filter((name) => name.includes(`/${victim.process.pid}/`));
  await expect.poll(async () => (await mine()).length, { timeout: 30_000 }).toBe(1);
  await victim.kill();
  await expect.poll(async () => (await mine()).length, { timeout: 5_000 }).toBe(0);
  await expect.poll(ended(store), { timeout: 60_000 }).toBe(6);
  for (const run of runs) {
    const outcomes = Object.values(await journalOf(store, run));
    expect(outcomes).toHaveLength(60);
    expect(new Set(outcomes)).toEqual(new Set(["succeeded"]));
    const { rows, headSeq } = (await store.readChain(run))!;
    expect(rows).toHaveLength(headSeq);
  }
  expect(await store.check()).toEqual([]);
  await other.kill();
}, 120_000);

it("limits of places and of times hold over two workers on one database", async () => {
  const concurrency = { group: "erp", limit: 2 };
  const rateLimit = { group: "mail", limit: 5, per: 500 };
  const shape = plan("a, b, c, m", { a: { concurrency }, b: { concurrency }, c: { concurrency }, m: { rateLimit } });
  const { store, sql, runs } = await twoWorkers(shape, 6);
  await expect.poll(ended(store), { timeout: 60_000 }).toBe(6);
  const rows = await sql(
    "SELECT split_part(name, '/', 2) AS stage, name, extract(epoch FROM at) * 1000 AS at FROM test.flying",
  );
  expect(rows).toHaveLength(4 * runs.length);
  expect(new Set(rows.map(({ name }) => String(name).split("/").at(-1))).size, "both took part").toBe(2);
  const places = rows.filter(({ stage }) => stage !== "m");
  expect(places).toHaveLength(3 * runs.length);
  const [{ widest } = {}] = await sql(`SELECT max(n) AS widest FROM (SELECT (SELECT count(*) FROM test.flying o
    WHERE o.name NOT LIKE '%/m/%' AND o.at <= f.at AND o.over > f.at) AS n
    FROM test.flying f WHERE f.name NOT LIKE '%/m/%') AS t`);
  expect(Number(widest)).toBeLessThanOrEqual(2);
  const taken = await sql("SELECT at FROM limit_tokens ORDER BY at");
  const times = taken.map(({ at }) => Number(at));
  for (const [index, at] of times.entries()) {
    expect((times[index + 5] ?? Number.POSITIVE_INFINITY) - at).toBeGreaterThanOrEqual(500);
  }
}, 120_000);
