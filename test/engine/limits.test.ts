import { describe, expect, it } from "vitest";
import { fold } from "../../src/core/apply.js";
import { viewStages } from "../../src/core/view.js";
import { Engine } from "../../src/engine/engine.js";
import type { Host, Store } from "../../src/engine/ports.js";
import { begin, journalOf, Stage, settle, type TestHost, testHost } from "../support/host.js";
import { plan, type StageSpec } from "../support/plan.js";

const PATIENT = { patience: 1_000_000 };
const PARKING = { patience: 0 };

const placed = (limit = 1, spec: StageSpec = {}) =>
  plan("a", { a: { concurrency: { group: "erp-${{ inputs.site }}", limit }, ...spec } });
const metered = (limit: number, per: number, text = "a") => {
  const rateLimit = { group: "mail", limit, per };
  return plan(text, Object.fromEntries([...text.replaceAll(",", "")].map((id) => [id, { rateLimit }])));
};
const site = { site: "A" };

/** Another process on the same store. */
function beside(host: TestHost, work: Stage, name: string): Host {
  return testHost([work.type], { store: host.store, clock: host.clock, owner: { name, isDead: () => false } });
}

async function typesOf(store: Store, run: string): Promise<string[]> {
  return (await store.readEvents(run)).map(({ event }) => event.type);
}

describe("stages with a shared limit of places", () => {
  it("wait visibly before they start, and start when one is given back", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const first = await begin(engine, placed(), site);
    const second = await begin(engine, placed(), site);
    const going = engine.drive(first, PATIENT);
    const holder = await work.next();
    const waiting = engine.drive(second, PATIENT);
    await settle();
    expect(await typesOf(host.store, second)).toEqual(["runStarted", "stageQueued"]);
    expect(await host.store.getRun(second)).toMatchObject({
      status: "waiting",
      waitingFor: "a place in group erp-A for a",
    });
    const events = (await host.store.readEvents(second)).map(({ event }) => event);
    const view = viewStages(fold(placed(), events));
    expect(view).toMatchObject([{ status: "queued", queue: { kind: "place", group: "erp-A" } }]);
    holder.succeed();
    expect(await going).toBe("ended");
    (await work.next()).succeed();
    expect(await waiting).toBe("ended");
    expect(work.widest).toBe(1);
    expect(await typesOf(host.store, second)).toEqual([
      ...["runStarted", "stageQueued", "stageStarted", "stageEnded", "runEnded"],
    ]);
  });

  it("say nothing about it where one is free", async () => {
    const work = new Stage();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const run = await begin(engine, placed(), site);
    await engine.drive(run, PATIENT);
    expect(await typesOf(host.store, run)).toEqual(["runStarted", "stageStarted", "stageEnded", "runEnded"]);
  });

  it("hold to it in one fan-out, in two runs and in two processes", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const of = placed(3, { forEach: { items: [1, 2, 3, 4, 5], as: "item", concurrency: 5, tolerate: {} } });
    const one = new Engine(host);
    const other = new Engine(beside(host, work, "other/2"));
    const runs = [await begin(one, of, site), await begin(other, of, site)];
    const drives = [one.drive(runs[0] as string, PATIENT), other.drive(runs[1] as string, PATIENT)];
    for (let done = 0; done < 10; done++) {
      const attempt = await work.next();
      await settle();
      expect(work.inFlight).toBeLessThanOrEqual(3);
      attempt.succeed();
      await settle();
      host.clock.set(host.clock.now() + 250);
      await settle();
    }
    expect(await Promise.all(drives)).toEqual(["ended", "ended"]);
    expect(work.widest).toBe(3);
  });

  it("let go of the process while they wait, and are due when they are next", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const first = await begin(engine, placed(), site);
    const second = await begin(engine, placed(), site);
    const going = engine.drive(first, PATIENT);
    const holder = await work.next();
    expect(await engine.drive(second, PARKING)).toBe("waiting");
    const now = host.clock.now();
    const parked = await host.store.getRun(second);
    expect(parked).toMatchObject({ status: "waiting", owner: null });
    expect(parked?.wakeAt).toBeGreaterThan(now);
    expect(await host.store.claimable(host.owner, now, 10)).toEqual([]);
    holder.succeed();
    await going;
    await settle();
    expect(await host.store.claimable(host.owner, now, 10)).toEqual([second]);
    const again = engine.drive(second, PARKING);
    (await work.next()).succeed();
    expect(await again).toBe("ended");
    // It waited all along for the same thing, and said so once.
    expect((await typesOf(host.store, second)).filter((type) => type === "stageQueued")).toHaveLength(1);
  });

  it("of a process that died are free once its lease is over, and the run taken up waits like any other", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const dying = new Engine(host);
    const first = await begin(dying, placed(), site);
    const second = await begin(dying, placed(), site);
    void dying.drive(first, PATIENT).catch(() => {});
    await work.next();
    const survivor = { name: "other/2", isDead: (name: string) => name === host.owner.name };
    const alive = new Engine(testHost([work.type], { store: host.store, clock: host.clock, owner: survivor }));
    const going = alive.drive(second, PATIENT);
    const holder = await work.next();
    expect(holder.context.run.id).toBe(second);
    expect(await alive.drive(first, PARKING)).toBe("waiting");
    holder.succeed();
    expect(await going).toBe("ended");
    const again = alive.drive(first, PATIENT);
    (await work.next()).succeed();
    expect(await again).toBe("ended");
    expect(await typesOf(host.store, first)).toEqual([
      ...["runStarted", "stageStarted", "attemptLost", "stageQueued", "stageStarted", "stageEnded", "runEnded"],
    ]);
  });

  it("give it back between two tries, and ask again", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const retry = { maxAttempts: 2, delay: 5_000, factor: 1, maxDelay: 5_000 };
    const of = placed(1, { retry: { ...retry, backoff: "fixed", jitter: "none" } });
    const first = await begin(engine, of, site);
    const second = await begin(engine, of, site);
    const going = engine.drive(first, PATIENT);
    const failing = await work.next();
    const waiting = engine.drive(second, PATIENT);
    await settle();
    failing.fail("busy", { retryable: true });
    const next = await work.next();
    expect(next.context.run.id).toBe(second);
    host.clock.set(host.clock.now() + 5_000);
    await settle();
    expect(await host.store.getRun(first)).toMatchObject({ waitingFor: "a place in group erp-A for a" });
    next.succeed();
    (await work.next()).succeed();
    expect(await Promise.all([going, waiting])).toEqual(["ended", "ended"]);
  });

  it("are cancelled while they wait, and nobody waits for them", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const runs = [];
    for (let at = 0; at < 3; at++) runs.push(await begin(engine, placed(), site));
    const [first, second, third] = runs as [string, string, string];
    const going = engine.drive(first, PATIENT);
    const holder = await work.next();
    await engine.drive(second, PARKING);
    await engine.drive(third, PARKING);
    await host.store.post(second, { type: "cancel", by: "ann" }, host.clock.now());
    expect(await engine.drive(second, PARKING)).toBe("ended");
    expect(await journalOf(host.store, second)).toEqual({ a: "cancelled" });
    holder.succeed();
    await going;
    const last = engine.drive(third, PARKING);
    (await work.next()).succeed();
    expect(await last).toBe("ended");
  });

  it("hold it as a group for as long as the group is open, whoever drives the run", async () => {
    const host = testHost([new Stage().type, sleeper]);
    const engine = new Engine(host);
    const of = plan("g", {
      g: { stages: { nap: { uses: "nap", kind: "wait" } }, concurrency: { group: "line", limit: 1 } },
    });
    const first = await begin(engine, of);
    const second = await begin(engine, of);
    expect(await engine.drive(first, PARKING)).toBe("waiting");
    expect(await new Engine(host).drive(second, PARKING)).toBe("waiting");
    expect(await host.store.getRun(second)).toMatchObject({ waitingFor: "a place in group line for g" });
    await host.store.post(first, { type: "event", name: "wake", data: null, by: "ann" }, 5);
    expect(await engine.drive(first, PARKING)).toBe("ended");
    expect(await engine.drive(second, PARKING)).toBe("waiting");
    expect(await host.store.getRun(second)).toMatchObject({ waitingFor: "event wake for g/nap" });
  });
});

describe("stages with a shared rate limit", () => {
  it("start no more often than it says, whichever run and process they are of", async () => {
    const work = new Stage();
    const times: number[] = [];
    const host = testHost([work.type]);
    work.answer = () => {
      times.push(host.clock.now());
      return {};
    };
    const of = metered(2, 1_000, "a,b,c");
    const engines = [new Engine(host), new Engine(beside(host, work, "other/2"))];
    const drives = [];
    for (const engine of engines) drives.push(engine.drive(await begin(engine, of), PATIENT));
    let over = false;
    const all = Promise.all(drives).finally(() => {
      over = true;
    });
    while (!over) {
      await settle();
      if (host.clock.next !== undefined) host.clock.set(host.clock.next);
    }
    expect(await all).toEqual(["ended", "ended"]);
    expect(times).toHaveLength(6);
    for (const from of times)
      expect(times.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(2);
  });

  it("say when the next one comes, and hold nothing until then", async () => {
    const work = new Stage();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const of = metered(1, 60_000);
    await engine.drive(await begin(engine, of), PATIENT);
    const now = host.clock.now();
    const second = await begin(engine, of);
    expect(await engine.drive(second, { patience: 1_000 })).toBe("waiting");
    expect(await host.store.getRun(second)).toMatchObject({
      ...{ status: "waiting", owner: null, wakeAt: now + 60_000, waitingFor: "the rate limit of mail for a" },
    });
    host.clock.set(now + 60_000);
    expect(await engine.drive(second, PARKING)).toBe("ended");
  });
});

/** Waits for the event `wake`. */
const sleeper = {
  name: "nap",
  kind: "wait" as const,
  title: "Nap",
  description: "Waits.",
  input: { type: "object" },
  output: { type: "object" },
  open: () => ({ event: { name: "wake", outcome: "succeeded" } }),
};
