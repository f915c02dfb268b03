import { describe, expect, it } from "vitest";
import { dueTimes } from "../../src/core/schedule.js";
import type { Overlap } from "../../src/core/trigger.js";

/** Every ten units, up to a hundred. */
const next = (after: number) => (after >= 100 ? null : Math.floor(after / 10) * 10 + 10);
const standing = { nextAt: 10, now: 35, overlap: "skip" as Overlap, catchup: 1_000, isBusy: false };

describe("the times of a schedule", () => {
  it("are none before the first has come", () => {
    expect(dueTimes({ ...standing, now: 9 }, next)).toEqual({ fire: [], nextAt: 10 });
    expect(dueTimes({ ...standing, now: 10 }, next)).toEqual({ fire: [10], nextAt: 20 });
  });

  it.each([
    ["skip", false, [30], 40],
    ["skip", true, [], 40],
    ["latest", false, [30], 40],
    ["latest", true, [], 30],
    ["queue", false, [10], 20],
    ["queue", true, [], 10],
    ["allow", false, [10, 20, 30], 40],
    ["allow", true, [10, 20, 30], 40],
  ] as const)(
    "with `%s` while a run is under way: %s, of three that came together",
    (overlap, isBusy, fire, nextAt) => {
      expect(dueTimes({ ...standing, overlap, isBusy }, next)).toEqual({ fire, nextAt });
    },
  );

  it("are passed over when they came too long ago", () => {
    expect(dueTimes({ ...standing, overlap: "allow", catchup: 15 }, next)).toEqual({ fire: [20, 30], nextAt: 40 });
    expect(dueTimes({ ...standing, overlap: "queue", isBusy: true, catchup: 5 }, next)).toEqual({
      fire: [],
      nextAt: 30,
    });
  });

  it("come to an end", () => {
    expect(dueTimes({ ...standing, now: 500 }, next)).toEqual({ fire: [100], nextAt: null });
    expect(dueTimes({ ...standing, nextAt: null }, next)).toEqual({ fire: [], nextAt: null });
  });

  it("are a thousand at most, the newest ones, after a long time away", () => {
    const each = (after: number) => after + 1;
    const { fire } = dueTimes({ nextAt: 0, now: 5_000, overlap: "allow", catchup: 1e6, isBusy: false }, each);
    expect([fire.length, fire[0], fire.at(-1)]).toEqual([1_000, 4_001, 5_000]);
  });
});
