import { describe, expect, it } from "vitest";
import approval from "../../plugins/approval/index.js";
import wait from "../../plugins/wait/index.js";
import { Engine } from "../../src/engine/engine.js";
import { StageError } from "../../src/plugin/api.js";
import { begin, Stage, StepClock, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const MINUTE = 60_000;
const MONTH = 30 * 24 * 60 * MINUTE;
const RETRY = {
  maxAttempts: 2,
  delay: 10 * MINUTE,
  backoff: "fixed",
  factor: 1,
  maxDelay: 10 * MINUTE,
  jitter: "none",
} as const;

/** A timer, a retry, an expiry and a reminder, all to come. */
const pending = plan("nap, flaky, gate, gate.expired -> last", {
  nap: { uses: "wait", kind: "wait", with: { duration: "15m" } },
  flaky: { retry: RETRY },
  gate: {
    ...{ uses: "approval", kind: "wait", outcomes: ["approved", "rejected", "expired"] },
    with: { title: "Pay?", approvers: ["role:clerk"], remindEvery: "8m", expires: "20m" },
  },
});

const WHAT_FIRES = [
  "approvalReminded gate",
  "stageEnded flaky",
  "stageEnded nap",
  "stageEnded gate",
  "stageEnded last",
];

async function begun() {
  const clock = new StepClock();
  const work = new Stage();
  work.answer = ({ stage, context }) => {
    if (stage === "flaky" && context.attempt === 1) throw new StageError("busy", "busy", { retryable: true });
    return {};
  };
  const types = [work.type, ...(wait.stages ?? []), ...(approval.stages ?? [])];
  const host = testHost(types, { clock });
  const start = clock.now();
  const run = await begin(new Engine(host), pending);
  // Every look is one of another process, which knows only what is kept.
  const look = (at: number) => {
    clock.set(at);
    return new Engine(host).drive(run, { patience: 0 });
  };
  expect(await look(start)).toBe("waiting");
  const before = (await host.store.readEvents(run)).length;
  const fired = async () => {
    const events = (await host.store.readEvents(run, before)).map(({ event }) => event);
    return events.flatMap((event) =>
      event.type === "stageEnded" || event.type === "approvalReminded" ? [`${event.type} ${event.stage}`] : [],
    );
  };
  return { start, look, fired, wakeAt: async () => (await host.store.getRun(run))?.wakeAt };
}

describe("with a timer, a retry, an expiry and a reminder to come", () => {
  it("a clock set back an hour fires nothing early, and each once when its time comes again", async () => {
    const { start, look, fired, wakeAt } = await begun();
    expect(await wakeAt()).toBe(start + 8 * MINUTE);
    expect(await look(start - 60 * MINUTE)).toBe("waiting");
    expect(await look(start + 8 * MINUTE - 1)).toBe("waiting");
    expect(await fired()).toEqual([]);
    expect(await look(start + 8 * MINUTE)).toBe("waiting");
    // What has fired does not again, though its time comes a second time.
    expect(await look(start - 60 * MINUTE)).toBe("waiting");
    expect(await look(start + 8 * MINUTE)).toBe("waiting");
    for (const minutes of [10, 15]) expect(await look(start + minutes * MINUTE)).toBe("waiting");
    expect(await look(start - 60 * MINUTE)).toBe("waiting");
    expect(await fired()).toEqual(WHAT_FIRES.slice(0, 3));
    await look(start + 16 * MINUTE);
    expect(await look(start + 20 * MINUTE)).toBe("ended");
    expect(await fired()).toEqual([...WHAT_FIRES.slice(0, 3), "approvalReminded gate", ...WHAT_FIRES.slice(3)]);
  });

  it("a clock set forth a month fires each once, in the order of their times, and reminds of nothing twice", async () => {
    const { start, look, fired } = await begun();
    expect(await look(start + MONTH)).toBe("ended");
    expect((await fired()).sort()).toEqual([...WHAT_FIRES].sort());
    expect((await fired())[0]).toBe("approvalReminded gate");
  });

  it("a clock set forth a month and back again makes nothing of the month", async () => {
    const { start, look, fired } = await begun();
    await look(start + 9 * MINUTE);
    expect(await look(start + MONTH)).toBe("ended");
    expect(await look(start)).toBe("ended");
    expect((await fired()).filter((one) => one.startsWith("stageEnded"))).toHaveLength(4);
  });
});
