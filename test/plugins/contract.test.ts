import approval from "../../plugins/approval/index.js";
import evaluate from "../../plugins/evaluate/index.js";
import flow from "../../plugins/flow/index.js";
import rules from "../../plugins/rules/index.js";
import choose from "../../plugins/switch/index.js";
import transform from "../../plugins/transform/index.js";
import validate from "../../plugins/validate/index.js";
import wait from "../../plugins/wait/index.js";
import { pluginContract } from "../contracts/plugin.contract.js";

const tier = {
  inputs: { amount: "${{ facts.amount }}" },
  outputs: { tier: ["board", "manager"] },
  rules: [
    { amount: "< 100", tier: "manager" },
    { amount: ">= 100", tier: "board", note: "policy 7" },
  ],
};

pluginContract(rules, {
  rules: {
    runs: [
      { input: { ruleset: "tier", facts: { amount: 5 } }, context: { rulesets: { tier } } },
      {
        input: { ruleset: "tier", facts: { amount: 500 } },
        context: { rulesets: { tier: { ...tier, hit: "collect" } } },
      },
      { input: { ruleset: "tier", facts: { amount: null } }, context: { rulesets: { tier } } },
    ],
  },
});

pluginContract(evaluate, {
  evaluate: {
    runs: [
      { input: { value: { a: 1 }, criteria: { a: { holds: true }, b: { schema: { type: "object" } } } } },
      { input: { criteria: { good: { score: 0.5, atLeast: 0.8 }, bad: { holds: false, must: true } }, passAt: 0.5 } },
    ],
  },
});

pluginContract(approval, {
  approval: {
    runs: [
      { input: { approvers: ["role:manager"] } },
      { input: { approvers: ["ann", "bob"], quorum: { approve: 2 }, outcomes: ["changesRequested"], expires: "3d" } },
    ],
  },
});

pluginContract(choose, {
  switch: {
    runs: [
      { input: { value: "DE", cases: { home: "DE", near: ["AT", "CH"] } } },
      { input: { value: null, cases: { home: "DE" } } },
      { input: { cases: { never: false, always: true } } },
    ],
  },
});

pluginContract(transform, {
  transform: {
    runs: [
      { input: { values: { a: 1, b: { c: ["x"] } } } },
      { input: { input: [{ n: 1 }, { n: 2 }], jsonata: "$sum(n)", schema: { type: "number" } } },
      { input: { input: {}, jsonata: "$now()" } },
    ],
  },
});

pluginContract(validate, {
  validate: {
    runs: [
      { input: { data: { a: 1 }, schema: { type: "object" } } },
      { input: { data: [1, "a"], each: true, schema: { type: "number" }, onInvalid: "quarantine" } },
      { input: { data: [], each: true, schema: { type: "number" } } },
    ],
  },
});

pluginContract(wait, {
  wait: {
    runs: [
      { input: { duration: "5m" } },
      { input: { until: "2026-12-31T17:00:00Z", event: { name: "paid", match: { invoice: 1 } } } },
      { input: { event: { name: "paid" } } },
    ],
  },
});

pluginContract(flow, {});
