import type { JsonObject } from "../../src/core/json.js";

/** A person's decision during the run, on the approval that waits under this stage. */
export interface Decide {
  readonly stage: string;
  readonly by: string;
  readonly outcome: string;
}

/** What a sample must lead to, decided offline by the embedded extractor. */
export interface Route {
  readonly workflow: string;
  readonly sample: string;
  /** Decisions given in this order as the run waits; without them it is left waiting. */
  readonly decide?: readonly Decide[];
  readonly status: "succeeded" | "failed" | "waiting" | "rolledBack";
  /** Outcomes of the stages that tell the routes apart. */
  readonly stages: Readonly<Record<string, string>>;
  /** Part of the run's outputs. */
  readonly outputs?: JsonObject;
}

const financial: readonly Omit<Route, "workflow">[] = [
  {
    sample: "small",
    status: "succeeded",
    stages: { clearance: "otherwise", route: "auto", managerApproval: "omitted", pay: "succeeded", decline: "omitted" },
    outputs: { decision: "paid", tier: "auto", risk: "low", vendor: "Parkside Furniture Ltd" },
  },
  {
    sample: "medium",
    status: "waiting",
    stages: { route: "manager", pay: "pending" },
  },
  {
    sample: "medium",
    decide: [{ stage: "managerApproval", by: "gina", outcome: "rejected" }],
    status: "succeeded",
    stages: { managerApproval: "rejected", commitBudget: "omitted", pay: "omitted", decline: "succeeded" },
    outputs: { decision: "rejected", tier: "manager" },
  },
  {
    sample: "large",
    status: "waiting",
    stages: { clearance: "otherwise", route: "director", pay: "pending" },
  },
  {
    sample: "large",
    decide: [{ stage: "directorApproval", by: "bob", outcome: "approved" }],
    status: "succeeded",
    stages: { directorApproval: "approved", pay: "succeeded", post: "succeeded", decline: "omitted" },
    outputs: { decision: "paid", tier: "director", vendor: "Northlight Imaging GmbH" },
  },
  {
    sample: "board",
    decide: [
      { stage: "boardApproval", by: "carol", outcome: "approved" },
      { stage: "boardApproval", by: "erin", outcome: "approved" },
    ],
    status: "succeeded",
    stages: { route: "board", boardApproval: "approved", pay: "succeeded" },
    outputs: { decision: "paid", tier: "board" },
  },
  {
    sample: "risky",
    status: "waiting",
    stages: { route: "director", pay: "pending" },
  },
  {
    sample: "blocked",
    status: "succeeded",
    stages: { clearance: "blocked", tier: "omitted", pay: "omitted", decline: "succeeded" },
    outputs: { decision: "blocked", tier: "none", vendor: "Umbra Trading FZE" },
  },
  {
    sample: "over-budget",
    status: "succeeded",
    stages: { clearance: "overBudget", pay: "omitted", decline: "succeeded" },
    outputs: { decision: "overBudget" },
  },
  {
    sample: "closed-period",
    status: "rolledBack",
    stages: { pay: "succeeded", entry: "failed", post: "omitted" },
  },
];

const data: readonly Omit<Route, "workflow">[] = [
  {
    sample: "clean",
    status: "succeeded",
    stages: { gate: "accept", stewardApproval: "omitted", load: "succeeded", refuse: "omitted" },
    outputs: { decision: "accepted", grade: "accept", loaded: 59, quarantined: 1 },
  },
  {
    sample: "dirty",
    status: "waiting",
    stages: { gate: "review", load: "pending" },
  },
  {
    sample: "dirty",
    decide: [{ stage: "stewardApproval", by: "frank", outcome: "approved" }],
    status: "succeeded",
    stages: { stewardApproval: "approved", load: "succeeded" },
    outputs: {
      decision: "acceptedWithRemarks",
      grade: "review",
      loaded: 95,
      quarantined: 25,
      mainProblem: "customers",
    },
  },
  {
    sample: "dirty",
    decide: [{ stage: "stewardApproval", by: "frank", outcome: "rejected" }],
    status: "succeeded",
    stages: { stewardApproval: "rejected", load: "omitted", refuse: "succeeded" },
    outputs: { decision: "refused", loaded: 0 },
  },
  // The file of `clean`; the request alone makes it strict.
  { sample: "strict", status: "waiting", stages: { gate: "review" } },
  {
    sample: "unusable",
    status: "succeeded",
    stages: { gate: "otherwise", stewardApproval: "omitted", load: "omitted", refuse: "succeeded" },
    outputs: { decision: "refused", grade: "refuse", loaded: 0, quarantined: 16 },
  },
];

const standard: readonly Omit<Route, "workflow">[] = [
  {
    sample: "low-risk",
    status: "succeeded",
    stages: { checkInput: "succeeded", route: "otherwise", riskApproval: "omitted", create: "succeeded" },
    outputs: { decision: "onboarded", riskLevel: "low", terms: "standard" },
  },
  {
    sample: "high-risk",
    status: "waiting",
    stages: { route: "highRisk", create: "pending" },
  },
  {
    sample: "high-risk",
    decide: [{ stage: "riskApproval", by: "grace", outcome: "approved" }],
    status: "succeeded",
    stages: { riskApproval: "approved", create: "succeeded", document: "succeeded" },
    outputs: { decision: "onboarded", riskLevel: "high", terms: "withConditions" },
  },
  {
    sample: "high-risk",
    decide: [{ stage: "riskApproval", by: "grace", outcome: "moreInformation" }],
    status: "succeeded",
    stages: { riskApproval: "moreInformation", create: "omitted", decline: "succeeded", document: "succeeded" },
    outputs: { decision: "moreInformation" },
  },
  {
    sample: "barred",
    status: "succeeded",
    stages: { route: "barred", create: "omitted", decline: "succeeded" },
    outputs: { decision: "barred" },
  },
  {
    sample: "invalid",
    status: "failed",
    stages: { checkInput: "failed", returnIt: "succeeded", plan: "omitted", create: "omitted" },
    outputs: { decision: "returned" },
  },
];

/** Every shipped sample, and where it must lead. `pending`: the stage has not started when the run waits. */
export const ROUTES: readonly Route[] = [
  ...financial.map((route) => ({ workflow: "financial-approval", ...route })),
  ...data.map((route) => ({ workflow: "data-processing", ...route })),
  ...standard.map((route) => ({ workflow: "standard-business", ...route })),
];
