import { describe, expect, it } from "vitest";
import type { Decision } from "../../src/core/approval.js";
import { decisionCame } from "../../src/core/outside.js";
import type { PolicyPlan, WorkflowPlan } from "../../src/core/plan.js";
import { plan, type StageSpec, workflowPlan } from "../support/plan.js";
import { type Script, Simulation } from "../support/simulate.js";

const policy = (more: Partial<PolicyPlan>): PolicyPlan => ({
  id: "gated",
  requires: [],
  mustCompensate: false,
  distinct: [],
  ...more,
});
const gated = policy({ stage: "pay", requires: [{ stage: "gate", outcome: "approved" }] });

/** A run under policies that nobody proved: what the definition's reader lets through is not this test's business. */
function run(
  text: string,
  specs: Readonly<Record<string, StageSpec>>,
  policies: readonly PolicyPlan[],
  script: Script & {
    readonly called?: Record<string, WorkflowPlan>;
  } = {},
) {
  return new Simulation(plan(text, specs, { policies }, script.called ?? {}), script).run();
}

const gate: StageSpec = { outcomes: ["approved", "rejected"] };
const ends = (outcome: string): Script => ({ work: ({ path }) => (path.endsWith("gate") ? { outcome } : {}) });

describe("a run under a policy", () => {
  it("starts the stage when the edge it requires has happened", () => {
    const { outcomes } = run("gate.approved -> pay", { gate }, [gated], ends("approved"));
    expect(outcomes).toEqual({ gate: "approved", pay: "succeeded" });
  });

  it("refuses to start it otherwise, for good, naming the policy", () => {
    const retry = { maxAttempts: 3, delay: 1, backoff: "fixed", factor: 1, maxDelay: 1, jitter: "none" } as const;
    const pay: StageSpec = { retry: { ...retry, errors: ["policy-violated"] } };
    const simulation = run("gate.done -> pay -> after", { gate, pay }, [gated], ends("rejected"));
    expect(simulation.outcomes).toEqual({ gate: "rejected", pay: "failed", after: "omitted" });
    expect(simulation.order).toEqual(["gate"]);
    expect(simulation.state.stages.get("pay")?.error).toEqual({
      code: "policy-violated",
      message: "pay may not start: policy gated requires gate.approved, which has not happened",
      retryable: false,
      details: { policy: "gated", requires: "gate.approved" },
    });
  });

  it("counts only what has happened before: a gate still open is not approved", () => {
    const simulation = run("gate, pay", { gate }, [gated], { work: ({ path }) => (path === "gate" ? "hang" : {}) });
    expect(simulation.outcomes).toEqual({ gate: "running", pay: "failed" });
  });

  it("holds it to the policy only when its condition holds, or cannot be evaluated", () => {
    const paid = (when: string, amount: number) =>
      run("gate.done -> pay", { gate }, [{ ...gated, when }], { ...ends("rejected"), inputs: { amount } }).outcomes[
        "pay"
      ];
    expect(paid("${{ inputs.amount > 100 }}", 100)).toBe("succeeded");
    expect(paid("${{ inputs.amount > 100 }}", 101)).toBe("failed");
    expect(paid("${{ inputs.other > 100 }}", 1)).toBe("failed");
  });

  it("does not take a skipped gate for an approved one", () => {
    const skipped = { gate: { ...gate, if: false } };
    expect(run("gate -> pay", skipped, [gated]).outcomes).toEqual({ gate: "skipped", pay: "failed" });
  });
});

describe("policies about stages inside others", () => {
  it("look at the same item of a forEach", () => {
    const each: StageSpec = {
      forEach: { items: "${{ [0, 1] }}", as: "item", concurrency: 2, tolerate: { count: 2 } },
      stages: { gate, pay: { needs: ["gate.done"] } },
    };
    const inside = policy({ stage: "each/pay", requires: [{ stage: "each/gate", outcome: "approved" }] });
    const { outcomes } = run("each", { each }, [inside], {
      work: ({ path }) => (path.endsWith("gate") ? { outcome: path.includes("[0]") ? "approved" : "rejected" } : {}),
    });
    expect(outcomes).toMatchObject({ "each[0]/pay": "succeeded", "each[1]/pay": "failed" });
  });

  it("want every item of a loop that lies before the stage", () => {
    const each = (last: string) => {
      const specs: Record<string, StageSpec> = {
        each: {
          forEach: { items: "${{ [0, 1] }}", as: "item", concurrency: 2, tolerate: {} },
          stages: { gate: { ...gate, handled: ["rejected"] } },
        },
      };
      const before = policy({ stage: "pay", requires: [{ stage: "each/gate", outcome: "approved" }] });
      return run("each -> pay", specs, [before], {
        work: ({ path }) => (path.endsWith("gate") ? { outcome: path.includes("[0]") ? "approved" : last } : {}),
      }).outcomes["pay"];
    };
    expect(each("approved")).toBe("succeeded");
    expect(each("rejected")).toBe("failed");
  });

  it("reach into a called workflow, and a called workflow keeps its own", () => {
    const called = (policies: readonly PolicyPlan[]) => ({
      other: workflowPlan("gate.done -> pay", { gate }, { id: "other", policies }),
    });
    const call: StageSpec = { uses: "workflow", kind: "workflow", calls: "other" };
    const outer = policy({ stage: "call/pay", requires: [{ stage: "call/gate", outcome: "approved" }] });
    const ofCaller = run("call", { call }, [outer], { ...ends("rejected"), called: called([]) });
    const ofCalled = run("call", { call }, [], { ...ends("rejected"), called: called([gated]) });
    for (const { outcomes } of [ofCaller, ofCalled]) expect(outcomes["call/pay"]).toBe("failed");
  });
});

describe("people a policy wants to be different", () => {
  const ask: StageSpec = { uses: "ask", kind: "wait", outcomes: ["approved", "rejected"] };
  const people = policy({
    id: "separate",
    distinct: [{ input: ["requester"] }, { stage: "first" }, { stage: "second" }],
  });

  function decided(second: string): Simulation {
    const decision = (by: string): Decision => ({ by, via: "test", at: 1, outcome: "approved" });
    const said = new Set<string>();
    const says = { first: "bob", second };
    return run("first.approved -> second.approved -> pay", { first: ask, second: ask }, [people], {
      inputs: { requester: "Ann" },
      outside: (state, context) => {
        for (const [path, by] of Object.entries(says)) {
          if (said.has(path) || state.stages.get(path)?.status !== "waiting") continue;
          said.add(path);
          return decisionCame(state, path, decision(by), context);
        }
        return undefined;
      },
    });
  }

  it.each([
    ["carl", "succeeded"],
    ["bob", "omitted"],
    ["ann", "omitted"],
  ])("lets the journal take no second decision of one: %s", (second, pay) => {
    const { outcomes, state } = decided(second);
    expect(outcomes["pay"]).toBe(pay);
    expect(state.stages.get("second")?.error?.code).toBe(pay === "succeeded" ? undefined : "policy-distinct");
    expect(state.stages.get("second")?.decisions?.map(({ by }) => by)).toEqual([second]);
  });
});
