import { describe, expect, it } from "vitest";
import { simulate } from "./simulate.js";
import { renderFailure, tally } from "./tally.js";

/** How many schedules every test run goes through; `npm run sim -- --seeds 10000` goes through more. */
const SEEDS = 250;

describe("several processes on one store, on a bad day drawn from a seed", () => {
  it("keep every promise, whatever fails", { timeout: 240_000 }, async () => {
    const sum = tally();
    for (let seed = 0; seed < SEEDS; seed++) sum.add(await simulate(seed));
    expect(sum.failures.map(renderFailure)).toEqual([]);
    // A day on which nothing bad happens proves nothing.
    expect(sum.deaths).toBeGreaterThan(SEEDS);
    expect(sum.snapshots).toBeGreaterThan(SEEDS);
    for (const shared of ["places", "tokens", "waits", "emissions", "heard", "detached", "reminders"] as const) {
      expect(sum[shared], shared).toBeGreaterThan(SEEDS / 4);
    }
    expect(Object.keys(sum.statuses).sort()).toEqual(
      ["cancelled", "failed", "rollbackFailed", "rolledBack", "succeeded"].sort(),
    );
  });

  it("keep every promise when the power fails and only what was synced survives", { timeout: 240_000 }, async () => {
    const sum = tally();
    for (let seed = 0; seed < 80; seed++) sum.add(await simulate(seed, "disk"));
    expect(sum.failures.map(renderFailure)).toEqual([]);
    expect(sum.lostWrites).toBeGreaterThan(10);
  });

  it("are found out when the disk says it has synced what it has not", { timeout: 120_000 }, async () => {
    const sum = tally();
    for (let seed = 0; seed < 80; seed++) sum.add(await simulate(seed, "lying"));
    expect(sum.failures.flatMap(({ violations }) => violations)).toContainEqual(
      expect.stringContaining("did its work twice"),
    );
  });

  it("keep every promise on a real file", { timeout: 240_000 }, async () => {
    const sum = tally();
    for (let seed = 0; seed < 8; seed++) sum.add(await simulate(seed, "sqlite"));
    expect(sum.failures.map(renderFailure)).toEqual([]);
    expect(await simulate(3, "sqlite")).toEqual(await simulate(3, "sqlite"));
  });

  it("keep every promise on days that once broke one", async () => {
    const memory = [17, 158, 199, 295, 1250, 1296, 1744, 2256, 2553, 5443, 7715, 7917, 8156];
    for (const seed of memory) expect((await simulate(seed)).violations).toEqual([]);
  });

  it("come to the same journals from the same seed, event for event", async () => {
    for (const seed of [3, 36, 77]) expect(await simulate(seed)).toEqual(await simulate(seed));
  });
});
