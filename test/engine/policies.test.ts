import { describe, expect, it } from "vitest";
import { decide } from "../../src/app/people.js";
import type { PolicyPlan } from "../../src/core/plan.js";
import { Engine } from "../../src/engine/engine.js";
import type { StageType } from "../../src/plugin/api.js";
import { begin, journalOf, Stage, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const PATIENT = { patience: 1_000_000 };
const ANY = { type: "object" };
const outcomes = ["approved", "rejected"];
const ask: StageType = {
  name: "ask",
  kind: "wait",
  title: "Ask",
  description: "Asks.",
  input: ANY,
  output: ANY,
  outcomes,
  open: () => ({
    approval: { title: "Pay?", approvers: ["role:manager"], forbid: [], quorum: { approve: 1, reject: 1 }, outcomes },
  }),
};
const gate = { uses: "ask", kind: "wait" as const, outcomes };
const policy = (more: Partial<PolicyPlan>): PolicyPlan => ({
  id: "p",
  requires: [],
  mustCompensate: false,
  distinct: [],
  ...more,
});

describe("policies in the engine", () => {
  it("refuse one person two decisions, also when the run has not taken in the first", async () => {
    const host = testHost([new Stage().type, ask]);
    const engine = new Engine(host);
    const policies = [policy({ id: "separate", distinct: [{ stage: "one" }, { stage: "two" }] })];
    const stages = "one, two, one.approved -> pay, two.approved -> pay";
    const run = await begin(engine, plan(stages, { one: gate, two: gate }, { policies }));
    expect(await engine.drive(run, { patience: 0 })).toBe("waiting");
    const [one, two] = await host.store.listApprovals({ run });
    const say = (id: string | undefined, user: string) => {
      const by = { user, roles: ["manager"], groups: [], via: "test" };
      return decide(host.store, id ?? "", { by, outcome: "approved" }, () => 5);
    };
    await say(one?.id, "bob");
    await expect(say(two?.id, "Bob")).rejects.toMatchObject({
      code: "policy-distinct",
      kind: "denied",
      message: "Bob acted at one already: policy separate wants another person here",
    });
    expect(await say(two?.id, "carol")).toMatchObject({ status: "decided", outcome: "approved" });
    expect(await engine.drive(run, PATIENT)).toBe("ended");
    expect(await journalOf(host.store, run)).toEqual({ one: "approved", two: "approved", pay: "succeeded" });
  });

  it("keep an effect from being performed, whatever the definition's reader let through", async () => {
    const work = new Stage();
    const host = testHost([work.type, ask]);
    const engine = new Engine(host);
    const policies = [policy({ stage: "pay", requires: [{ stage: "check", outcome: "failed" }] })];
    const run = await begin(engine, plan("check -> pay", {}, { policies }));
    expect(await engine.drive(run, PATIENT)).toBe("ended");
    expect(work.attempts.map(({ stage }) => stage)).toEqual(["check"]);
    expect(await host.store.getRun(run)).toMatchObject({ status: "failed", error: { code: "policy-violated" } });
  });
});
