import { expect, it } from "vitest";
import type { Lease, Store } from "../../../src/engine/ports.js";
import { advanced, definition, ended, entry, newRun, T0, worker } from "../../contracts/store/material.js";
import { Chance } from "../../sim/chance.js";
import type { TestDatabase } from "../../support/postgres/database.js";
import { database, storeAt } from "./stores.js";

const RUNS = Array.from({ length: 24 }, (_, at) => `run-${at}`);
const GROUPS = ["crane", "yard", "mail"];
const ROUNDS = 25;
const LEASE_MS = 1_000;

/** Two transactions that wait for each other, so that it is known that such a thing is counted. */
async function deadlockOnPurpose({ sql }: TestDatabase): Promise<void> {
  const lock = (first: number, second: number) =>
    sql(
      `BEGIN; SELECT pg_advisory_xact_lock(${first}); SELECT pg_sleep(0.5); SELECT pg_advisory_xact_lock(${second}); COMMIT`,
    );
  const ends = await Promise.allSettled([lock(1, 2), lock(2, 1)]);
  expect(ends.filter(({ status }) => status === "rejected")).toHaveLength(1);
}

const deadlocks = async ({ sql }: TestDatabase) => {
  const [row] = await sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
  return Number(row?.["deadlocks"]);
};

/** Takes many runs at once, works on them and lets go, each time in another order and sometimes too late. */
async function load(store: Store, name: string, seed: number): Promise<void> {
  const chance = new Chance(seed);
  const [owner, inOrder] = [worker(name), worker("nobody")];
  for (let round = 0; round < ROUNDS; round++) {
    // Each round begins after leases of the round before are over, so that what one still works on another takes.
    const now = T0 + round * LEASE_MS * chance.int(1, 2);
    const shuffled = RUNS.map((run) => ({ run, at: chance.next() })).sort((a, b) => a.at - b.at);
    const wanted = shuffled.slice(0, 12).map(({ run }) => run);
    const claims = await Promise.all(wanted.map((run) => store.claim(run, owner, now, now + LEASE_MS)));
    const leases = claims.filter((lease) => lease !== undefined);
    const places = leases.map(({ run, epoch }) => ({
      ...{ run, stage: "a", attempt: 1, epoch, outlasts: false, priority: 0 },
      claims: [{ kind: "place" as const, group: chance.pick(GROUPS), limit: 2 }],
    }));
    await Promise.all([
      store.askLimits(places, inOrder, now),
      store.commit(leases.map((lease) => entry(lease, [ended(`${name}-${round}`, {})]))),
      ...wanted.map((run) => store.post(run, { type: "resume", by: "ann" }, now)),
    ]);
    const let_go = leases.map((lease) => advanced(lease, 1)).reverse();
    await Promise.all([
      ...let_go.map((lease: Lease) => store.leaveLimits(lease, ["a"], now)),
      ...let_go.map((lease: Lease) =>
        chance.happens(0.7) ? store.release(lease) : store.renew(lease, now + LEASE_MS),
      ),
    ]);
  }
}

it("workers that claim, commit, limit and release the same runs in different orders never wait for each other in a circle", async () => {
  const made = await database();
  await deadlockOnPurpose(made);
  await expect.poll(() => deadlocks(made), { timeout: 10_000 }).toBe(1);
  const stores = await Promise.all(Array.from({ length: 4 }, () => storeAt(made.url)));
  const [first] = stores as [Store];
  await first.putDefinition(definition);
  for (const run of RUNS) await first.createRun(newRun(run));
  await Promise.all(stores.map((store, at) => load(store, `w${at}`, at)));
  expect(await first.check()).toEqual([]);
  for (const store of stores) await store.close();
  // A connection says what befell it when it ends.
  const left = async () =>
    (
      await made.sql(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'stagecraft' AND datname = current_database()",
      )
    ).length;
  await expect.poll(left, { timeout: 10_000 }).toBe(0);
  expect(await deadlocks(made)).toBe(1);
}, 120_000);
