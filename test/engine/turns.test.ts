import { describe, expect, it } from "vitest";
import { Turns } from "../../src/engine/turns.js";
import { heldRun } from "../contracts/store/material.js";
import { settle, testHost } from "../support/host.js";

const signal = new AbortController().signal;

/** A process with takers of tokens of one group, 100 of which may be taken in a minute. */
async function process() {
  const host = testHost([]);
  const { run, epoch } = await heldRun(host.store, "run-1");
  const turns = new Turns(host);
  const granted: string[] = [];
  const asker = (stage: string) => ({ run, stage, attempt: 1 });
  const take = (stage: string, cost: number, until = signal) => {
    const claims = [{ kind: "token" as const, group: "model", limit: 100, per: 60_000, cost }];
    const taking = turns.take({ ...asker(stage), epoch, outlasts: true, priority: 0, claims }, until, () => {});
    return taking.then(() => void granted.push(stage));
  };
  const used = (stage: string, cost: number) => turns.settle({ ...asker(stage), costs: [{ group: "model", cost }] });
  return { take, used, granted };
}

describe("who waits for tokens", () => {
  it("goes on as soon as those before it used less than they took, in the order of coming", async () => {
    const { take, used, granted } = await process();
    await take("first", 100);
    const others = [take("second", 40), take("third", 40), take("fourth", 40)];
    await settle();
    expect(granted).toEqual(["first"]);
    await used("first", 20);
    await Promise.all(others.slice(0, 2));
    expect(granted).toEqual(["first", "second", "third"]);
    // A hundred are taken: the fourth waits, until somebody gives back what was never used.
    await settle();
    expect(granted).toHaveLength(3);
    await used("second", 0);
    await others[2];
    expect(granted).toEqual(["first", "second", "third", "fourth"]);
  });

  it("and is told to stop gives up its turn", async () => {
    const { take, used, granted } = await process();
    await take("first", 100);
    const abort = new AbortController();
    const second = take("second", 100, abort.signal);
    const third = take("third", 10);
    await settle();
    abort.abort(new Error("cancelled"));
    await expect(second).rejects.toThrow("cancelled");
    await used("first", 90);
    await third;
    expect(granted).toEqual(["first", "third"]);
  });
});
