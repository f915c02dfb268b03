import { describe, expect, it } from "vitest";
import type { RunConcurrency } from "../../src/core/plan.js";
import { Engine } from "../../src/engine/engine.js";
import { begin, journalOf, Stage, settle, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const PATIENT = { patience: 1_000_000 };

function grouped(onConflict: RunConcurrency["onConflict"], limit = 1) {
  const made = plan("a -> b");
  const concurrency = { group: "budget-${{ inputs.center }}", limit, onConflict };
  return { ...made, workflow: { ...made.workflow, concurrency } };
}

describe("runs of one group", () => {
  it("begin in the order they were created, as many at a time as the limit says", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const of = grouped("queue");
    const first = await begin(engine, of, { center: "A" });
    const second = await begin(engine, of, { center: "A" });
    const other = await begin(engine, of, { center: "B" });
    const going = engine.drive(first, PATIENT);
    const a = await work.next();
    expect(await engine.drive(second, PATIENT)).toBe("queued");
    expect(await host.store.getRun(second)).toMatchObject({ status: "queued", headSeq: 1 });
    const beside = engine.drive(other, PATIENT);
    const b = await work.next();
    for (const attempt of [a, b]) attempt.succeed();
    for (const _ of [a, b]) (await work.next()).succeed();
    expect(await Promise.all([going, beside])).toEqual(["ended", "ended"]);
    const last = engine.drive(second, PATIENT);
    for (const _ of "ab") (await work.next()).succeed();
    expect(await last).toBe("ended");
  });

  it("keep their place while nobody drives them, and another engine goes on with them", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const of = grouped("queue");
    const stopped = new AbortController();
    const engine = new Engine(host);
    const first = await begin(engine, of, { center: "A" });
    const second = await begin(engine, of, { center: "A" });
    const going = engine.drive(first, { ...PATIENT, signal: stopped.signal });
    const attempt = await work.next();
    stopped.abort();
    attempt.succeed();
    expect(await going).toBe("stopped");
    const later = new Engine(host);
    expect(await later.drive(second, PATIENT)).toBe("queued");
    const again = later.drive(first, PATIENT);
    (await work.next()).succeed();
    expect(await again).toBe("ended");
    const last = later.drive(second, PATIENT);
    for (const _ of "ab") (await work.next()).succeed();
    expect(await last).toBe("ended");
  });

  it("are refused over the limit where that is asked for", async () => {
    const host = testHost([new Stage().type]);
    const engine = new Engine(host);
    const of = grouped("reject", 2);
    const first = await begin(engine, of, { center: "A" });
    await begin(engine, of, { center: "A" });
    await expect(begin(engine, of, { center: "A" })).rejects.toMatchObject({ code: "group-full", kind: "denied" });
    await engine.drive(first, PATIENT);
    await begin(engine, of, { center: "A" });
  });

  it("cancel the oldest where that is asked for, whoever drives it", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const of = grouped("cancelRunning");
    const idle = await begin(engine, of, { center: "A" });
    const second = await begin(engine, of, { center: "A" });
    const going = engine.drive(second, PATIENT);
    await work.next();
    expect(await journalOf(host.store, idle)).toEqual({ a: "cancelled", b: "cancelled" });
    const third = await begin(engine, of, { center: "A" });
    expect(await engine.drive(third, PATIENT)).toBe("queued");
    expect(await going).toBe("ended");
    expect(await host.store.getRun(second)).toMatchObject({ status: "cancelled" });
    const last = engine.drive(third, PATIENT);
    for (const _ of "ab") (await work.next()).succeed();
    expect(await last).toBe("ended");
  });

  it("can be cancelled while they wait for their turn", async () => {
    const host = testHost([new Stage().type]);
    const engine = new Engine(host);
    const of = grouped("queue");
    await begin(engine, of, { center: "A" });
    const second = await begin(engine, of, { center: "A" });
    await host.store.post(second, { type: "cancel", by: "ann" }, 5);
    expect(await engine.drive(second, PATIENT)).toBe("ended");
    await settle();
    expect(await host.store.getRun(second)).toMatchObject({ status: "cancelled" });
  });
});
