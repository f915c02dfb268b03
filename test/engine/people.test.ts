import { describe, expect, it } from "vitest";
import { decide } from "../../src/app/people.js";
import type { Actor, ApprovalRequest } from "../../src/core/approval.js";
import type { Event } from "../../src/core/event.js";
import { Engine } from "../../src/engine/engine.js";
import type { Store } from "../../src/engine/ports.js";
import type { StageType } from "../../src/plugin/api.js";
import { begin, journalOf, Stage, settle, type TestHost, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const PATIENT = { patience: 1_000_000 };
const ANY = { type: "object" };
const outcomes = ["approved", "rejected", "expired"];
const gate = { uses: "ask", kind: "wait" as const, outcomes };
const request: ApprovalRequest = {
  title: "Pay?",
  show: { amount: 5 },
  approvers: ["role:manager"],
  forbid: ["ann"],
  quorum: { approve: 1, reject: 1 },
  outcomes: ["approved", "rejected"],
};
const actor = (user: string, ...roles: string[]): Actor => ({ user, roles, groups: [], via: "test" });

/** A gate whose request a test gives, and which expires an hour after it opens. */
function ask(changes: Partial<ApprovalRequest> = {}): StageType {
  return {
    name: "ask",
    kind: "wait",
    title: "Ask",
    description: "Asks.",
    input: ANY,
    output: ANY,
    outcomes,
    open: (_input, { now }) => ({
      approval: { ...request, ...changes },
      timers: [{ outcome: "expired", at: now + 3_600_000 }],
    }),
  };
}

async function waiting(
  host: TestHost,
  of = plan("a -> gate, gate.approved -> pay, gate.rejected -> refuse", { gate }),
) {
  const engine = new Engine(host);
  const run = await begin(engine, of);
  expect(await engine.drive(run, { patience: 0 })).toBe("waiting");
  const [approval] = await host.store.listApprovals({ run });
  if (approval === undefined) throw new Error("no approval");
  return { engine, run, id: approval.id };
}

const types = async (store: Store, run: string) => (await store.readEvents(run)).map(({ event }) => event.type);

describe("a person's decision", () => {
  it("ends the gate, and the run goes on from where it waited without doing anything again", async () => {
    const work = new Stage();
    const host = testHost([work.type, ask()]);
    const { engine, run, id } = await waiting(host);
    expect(await host.store.getRun(run)).toMatchObject({ status: "waiting", waitingFor: "approval gate", owner: null });
    const row = await decide(
      host.store,
      id,
      { by: actor("bob", "manager"), outcome: "approved", comment: "fine" },
      () => 5,
    );
    expect(row).toMatchObject({ status: "decided", outcome: "approved", decisions: [{ by: "bob", comment: "fine" }] });
    expect(row.decisions[0]?.saw).toMatch(/^[0-9a-f]{64}$/);
    expect(await engine.drive(run, PATIENT)).toBe("ended");
    expect(await journalOf(host.store, run)).toEqual({
      a: "succeeded",
      gate: "approved",
      pay: "succeeded",
      refuse: "omitted",
    });
    expect(work.attempts.map(({ stage }) => stage)).toEqual(["a", "pay"]);
    expect(await host.store.inbox(run)).toEqual([]);
  });

  it("reaches a run that another call is driving", async () => {
    const work = new Stage().hold();
    const host = testHost([work.type, ask()]);
    const engine = new Engine(host);
    const run = await begin(engine, plan("gate, slow, gate.approved -> pay", { gate }));
    const done = engine.drive(run, PATIENT);
    const slow = await work.next();
    await settle();
    const [approval] = await host.store.listApprovals({ run });
    await decide(host.store, approval?.id ?? "", { by: actor("bob", "manager"), outcome: "approved" }, () => 5);
    (await work.next()).succeed();
    slow.succeed();
    expect(await done).toBe("ended");
    expect(await journalOf(host.store, run)).toMatchObject({ gate: "approved", pay: "succeeded" });
  });

  it("is refused to those not entitled, to those it would let judge themselves, and once it is made", async () => {
    const host = testHost([new Stage().type, ask()]);
    const { id } = await waiting(host);
    const say = (by: Actor, outcome = "approved") => decide(host.store, id, { by, outcome }, () => 5);
    await expect(say(actor("eve"))).rejects.toMatchObject({ code: "not-entitled", kind: "denied" });
    await expect(say(actor("ann", "manager"))).rejects.toMatchObject({ code: "forbidden", kind: "denied" });
    await expect(say(actor("bob", "manager"), "perhaps")).rejects.toMatchObject({
      code: "unknown-outcome",
      kind: "usage",
    });
    await say(actor("bob", "manager"), "rejected");
    await expect(say(actor("carol", "manager"))).rejects.toMatchObject({
      code: "already-decided",
      kind: "denied",
      message: "this was rejected already by bob",
    });
  });

  it("waits for the quorum, and one person counts once", async () => {
    const host = testHost([new Stage().type, ask({ quorum: { approve: 2, reject: 1 } })]);
    const { engine, run, id } = await waiting(host);
    const approve = (user: string) =>
      decide(host.store, id, { by: actor(user, "manager"), outcome: "approved" }, () => 5);
    expect(await approve("bob")).toMatchObject({ status: "open" });
    await expect(approve("bob")).rejects.toMatchObject({ code: "already-decided" });
    expect(await engine.drive(run, { patience: 0 })).toBe("waiting");
    await approve("carol");
    expect(await engine.drive(run, PATIENT)).toBe("ended");
    expect((await types(host.store, run)).filter((type) => type === "decisionMade")).toHaveLength(2);
  });

  it("must fill the form as asked when it approves", async () => {
    const form = {
      type: "object",
      required: ["limit"],
      properties: { limit: { type: "number" } },
      additionalProperties: false,
    };
    const host = testHost([new Stage().type, ask({ form })]);
    const { id } = await waiting(host);
    const by = actor("bob", "manager");
    await expect(decide(host.store, id, { by, outcome: "approved" }, () => 5)).rejects.toMatchObject({
      code: "invalid-form",
    });
    const row = await decide(host.store, id, { by, outcome: "approved", data: { limit: 3 } }, () => 5);
    expect(row.decisions[0]?.data).toEqual({ limit: 3 });
  });

  it("on an earlier request is no answer to the next", async () => {
    const host = testHost([new Stage().type, ask({ quorum: { approve: 2, reject: 1 } })]);
    const { engine, run } = await waiting(host, plan("g", { g: { stages: { gate }, timeout: 60_000 } }));
    const approve = async (user: string) => {
      const [open] = await host.store.listApprovals({ run, status: ["open"] });
      const options = { by: actor(user, "manager"), outcome: "approved" };
      await decide(host.store, open?.id ?? "", options, () => host.clock.now());
      return engine.drive(run, { patience: 0 });
    };
    expect(await approve("bob")).toBe("waiting");
    host.clock.set(host.clock.now() + 60_000);
    expect(await engine.drive(run, { patience: 0 })).toBe("ended");
    await host.store.post(run, { type: "retry", by: "ann" }, host.clock.now());
    expect(await engine.drive(run, { patience: 0 })).toBe("waiting");
    expect(await approve("carol")).toBe("waiting");
    expect(await approve("bob")).toBe("ended");
  });
});

describe("an approval nobody gives", () => {
  it("expires by itself and never means yes", async () => {
    const host = testHost([new Stage().type, ask()]);
    const { engine, run, id } = await waiting(host);
    host.clock.set(host.clock.now() + 3_600_000);
    expect(await engine.drive(run, PATIENT)).toBe("ended");
    expect(await host.store.getRun(run)).toMatchObject({ status: "failed", error: { code: "approval-expired" } });
    expect(await journalOf(host.store, run)).toMatchObject({ pay: "omitted", refuse: "omitted" });
    const late = decide(host.store, id, { by: actor("bob", "manager"), outcome: "approved" }, () => 5);
    await expect(late).rejects.toMatchObject({
      code: "approval-expired",
      message: expect.stringMatching(/^this expired at \d{4}-.*Z: nothing can be decided any more$/),
    });
  });

  it("is refused once its time is over, though nobody who drives the run has noticed", async () => {
    const host = testHost([new Stage().type, ask()]);
    const { engine, run, id } = await waiting(host);
    const { expiresAt } = (await host.store.listApprovals({ run }))[0] ?? {};
    const late = (at: number) =>
      decide(host.store, id, { by: actor("bob", "manager"), outcome: "approved" }, () => (expiresAt ?? 0) + at);
    await expect(late(0)).rejects.toMatchObject({ code: "approval-expired", kind: "denied" });
    await expect(late(1)).rejects.toMatchObject({ code: "approval-expired" });
    const trail = await host.store.readAudit({ run });
    expect(trail.map(({ action }) => action)).toEqual(["decisionRefused", "decisionRefused"]);
    host.clock.set((expiresAt ?? 0) + 1);
    expect(await engine.drive(run, PATIENT)).toBe("ended");
    expect(await journalOf(host.store, run)).toMatchObject({ gate: "expired", pay: "omitted" });
  });

  it("yields to a decision that came before its time was noticed", async () => {
    const host = testHost([new Stage().type, ask()]);
    const { engine, run, id } = await waiting(host);
    await decide(host.store, id, { by: actor("bob", "manager"), outcome: "approved" }, () => 5);
    host.clock.set(host.clock.now() + 9_999_999);
    expect(await engine.drive(run, PATIENT)).toBe("ended");
    expect(await journalOf(host.store, run)).toMatchObject({ gate: "approved", pay: "succeeded" });
  });

  it("is closed with its run when that is cancelled", async () => {
    const host = testHost([new Stage().type, ask()]);
    const { engine, run, id } = await waiting(host);
    await host.store.post(run, { type: "cancel", by: "ann", reason: "no longer needed" }, 5);
    expect(await engine.drive(run, PATIENT)).toBe("ended");
    expect(await host.store.getRun(run)).toMatchObject({ status: "cancelled" });
    expect((await host.store.listApprovals({ run }))[0]).toMatchObject({ status: "closed" });
    const late = decide(host.store, id, { by: actor("bob", "manager"), outcome: "approved" }, () => 5);
    await expect(late).rejects.toMatchObject({ code: "already-decided" });
  });
});

describe("an event from outside", () => {
  const listen: StageType = {
    ...ask(),
    name: "listen",
    outcomes: ["event"],
    open: (input) => ({ event: { name: "paid", match: { order: input["order"] as number }, outcome: "event" } }),
  } as StageType;
  const listener = (order: number) => ({ uses: "listen", kind: "wait" as const, outcomes: ["event"], with: { order } });

  it("ends the stages it is meant for, and hands them its data", async () => {
    const host = testHost([new Stage().type, listen]);
    const engine = new Engine(host);
    const run = await begin(engine, plan("one, two", { one: listener(1), two: listener(2) }));
    expect(await engine.drive(run, { patience: 0 })).toBe("waiting");
    await host.store.post(run, { type: "event", name: "paid", data: { order: 2, by: "card" }, by: "shop" }, 5);
    expect(await engine.drive(run, { patience: 0 })).toBe("waiting");
    expect(await journalOf(host.store, run)).toEqual({ two: "event" });
    const ended = (await host.store.readEvents(run))
      .map(({ event }) => event)
      .find((event) => event.type === "stageEnded");
    expect((ended as Extract<Event, { type: "stageEnded" }>).outputs).toEqual({ event: { order: 2, by: "card" } });
  });
});

describe("a recorded sub-step", () => {
  it("is not asked for again by a later attempt", async () => {
    const work = new Stage();
    let asked = 0;
    work.answer = async ({ context }) => {
      const answer = await context.record("turn-1", async () => ({ value: `answer ${++asked}` }));
      if (context.attempt === 1)
        throw Object.assign(new Error("crash"), { name: "StageError", code: "x", retryable: true });
      return { answer };
    };
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const retry = {
      maxAttempts: 2,
      delay: 0,
      backoff: "fixed" as const,
      factor: 1,
      maxDelay: 0,
      jitter: "none" as const,
    };
    const run = await begin(engine, plan("a", { a: { retry } }));
    expect(await engine.drive(run, PATIENT)).toBe("ended");
    expect(asked).toBe(1);
    expect(work.attempts).toHaveLength(2);
  });
});

describe("plugins that misbehave", () => {
  const bad = (name: string, more: Partial<StageType>) => ({ ...new Stage().type, name, ...more }) as StageType;

  it.each([
    ["outputs that break its schema", { output: { type: "object", required: ["n"] } }, "invalid-output"],
    ["no outputs at all", { run: async () => undefined as never }, "invalid-output"],
    ["a thrown text", { run: () => Promise.reject("plain text") }, "plugin-error"],
    ["input it does not take", { input: { type: "object", required: ["must"] } }, "invalid-input"],
    [
      "a throw before any promise",
      {
        run: () => {
          throw new Error("at once");
        },
      },
      "plugin-error",
    ],
  ])("with %s fail their stage with a clear code", async (_what, more, code) => {
    const host = testHost([bad("bad", more as Partial<StageType>)]);
    const engine = new Engine(host);
    const run = await begin(engine, plan("a", { a: { uses: "bad" } }));
    expect(await engine.drive(run, PATIENT)).toBe("ended");
    expect((await host.store.getRun(run))?.error?.code).toBe(code);
  });

  it("that are gone fail their stage by name", async () => {
    const host = testHost([]);
    const engine = new Engine(host);
    const run = await begin(engine, plan("a"));
    await engine.drive(run, PATIENT);
    expect((await host.store.getRun(run))?.error).toMatchObject({ code: "unknown-stage-type" });
  });
});
