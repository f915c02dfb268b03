import { type Static, Type } from "@sinclair/typebox";
import type { RunStatus } from "../../core/event.js";
import type { Plan } from "../../core/plan.js";
import { Any, Count, Moment, nullable, oneOf, page, record, Text, Values } from "./parts.js";

/** What the API answers with. The OpenAPI document and the dashboard's types are made of these. */

export const RUN_STATUSES = [
  "queued",
  "running",
  "waiting",
  "paused",
  "rollingBack",
  "succeeded",
  "failed",
  "cancelled",
  "rolledBack",
  "rollbackFailed",
] as const satisfies readonly RunStatus[];

const Failure = Type.Object(
  { code: Text(), message: Text(), retryable: Type.Boolean(), details: Type.Optional(Any) },
  { $id: "Failure" },
);

const runFields = {
  id: Text(),
  workflow: Text(),
  version: Text(),
  definition: Text("hash of the plan"),
  status: oneOf(RUN_STATUSES),
  by: Text("who started it"),
  priority: Type.Integer({ description: "of runs that wait for a process, the higher goes first" }),
  createdAt: Moment,
  updatedAt: Moment,
  endedAt: nullable(Moment),
  durationMs: nullable(Count),
  stages: record({ known: Count, ended: Count, failed: Count }),
  waitingFor: nullable(Text()),
  wakeAt: nullable(Moment),
  outputs: nullable(Values),
  error: nullable(Failure),
};

export const Run = record(runFields, "Run");
export const RunPage = page(Run, "RunPage");

const Usage = record(
  {
    provider: Text(),
    model: Text(),
    inputTokens: Count,
    outputTokens: Count,
    estimated: Type.Boolean(),
    usd: nullable(Type.Number()),
    cachedTokens: Type.Optional(Count),
    price: Type.Optional(Text("the row of the price table it was worked out with")),
  },
  "Usage",
);

export const Stage = record(
  {
    path: Text("such as `pay`, `checks/sanctions`, `load[3]`, `draft#2`"),
    title: nullable(Text()),
    uses: Text(),
    status: oneOf(["pending", "ready", "queued", "running", "waiting", "retrying", "open", "held", "ended"]),
    outcome: nullable(Text()),
    attempts: Count,
    startedAt: nullable(Moment),
    endedAt: nullable(Moment),
    durationMs: nullable(Count),
    outputs: nullable(Any),
    error: nullable(Failure),
    explain: nullable(Any),
    usage: nullable(Usage),
    waiting: nullable(Values),
    queue: nullable(Values),
    startedRun: nullable(Text("the run it started and does not wait for")),
  },
  "Stage",
);

const UsedResources = record(
  {
    cpuMs: Type.Number({ minimum: 0, description: "processor time of the processes that drove it" }),
    peakRssBytes: Count,
    loopDelayMs: Type.Number({ minimum: 0, description: "the longest wait for the event loop" }),
    shared: Type.Boolean({ description: "driven beside other runs: its processor time is its part by its events" }),
  },
  "UsedResources",
);

const PlanSchema = Type.Unsafe<Plan>({ $id: "Plan", type: "object", description: "the compiled graph" });

export const RunView = record(
  {
    ...runFields,
    inputs: Values,
    state: Values,
    stages: Type.Array(Stage),
    plan: PlanSchema,
    parent: nullable(record({ run: Text(), stage: Text() }, "ParentStage")),
    resources: nullable(UsedResources),
    seq: Type.Integer({ minimum: 0, description: "of the last event this view has in it" }),
  },
  "RunView",
);

export const StageInput = record({ path: Text(), input: nullable(Values) }, "StageInput");

export const EventRecord = record(
  {
    seq: Type.Integer({ minimum: 1, description: "place in the journal, without gaps" }),
    event: Type.Object(
      { type: Text(), at: Type.Integer({ description: "ms since 1970" }) },
      { additionalProperties: true },
    ),
  },
  "EventRecord",
);
export const EventPage = page(EventRecord, "EventPage");

const Decision = Type.Object(
  { by: Text(), via: Text(), at: Moment, outcome: Text(), comment: Type.Optional(Text()), data: Type.Optional(Values) },
  { $id: "Decision" },
);

const ApprovalRequest = Type.Object(
  {
    title: Text(),
    message: Type.Optional(Text()),
    show: Type.Optional(Any),
    approvers: Type.Array(Text()),
    forbid: Type.Array(Text()),
    quorum: record({ approve: Count, reject: Count }),
    outcomes: Type.Array(Text()),
    form: Type.Optional(Values),
  },
  { $id: "ApprovalRequest" },
);

export const Approval = record(
  {
    id: Text(),
    run: Text(),
    workflow: Text(),
    stage: Text(),
    status: oneOf(["open", "decided", "expired", "closed"]),
    outcome: nullable(Text()),
    request: ApprovalRequest,
    decisions: Type.Array(Decision),
    openedAt: Moment,
    expiresAt: nullable(Moment),
    settledAt: nullable(Moment),
    mine: Type.Boolean({ description: "may the one who asks decide it now?" }),
  },
  "Approval",
);
export const ApprovalList = record({ items: Type.Array(Approval) }, "ApprovalList");

const Position = record({ line: Count, column: Count, offset: Count });
const Finding = record(
  {
    code: Text(),
    severity: oneOf(["error", "warning"]),
    message: Text(),
    help: Type.Optional(Text()),
    file: Text(),
    range: record({ start: Position, end: Position }),
    path: Text(),
  },
  "Finding",
);

const definitionFields = {
  id: Text(),
  title: nullable(Text()),
  version: nullable(Text()),
  domain: nullable(Text()),
};

export const DefinitionList = record(
  { items: Type.Array(record({ ...definitionFields, errors: Count, warnings: Count }, "DefinitionEntry")) },
  "DefinitionList",
);

export const Definition = record(
  {
    ...definitionFields,
    file: Text("as shown to people"),
    source: Text("the YAML"),
    findings: Type.Array(Finding),
    plan: nullable(PlanSchema),
    inputs: nullable(Values),
    optional: Type.Array(Text("inputs that may be left out")),
  },
  "Definition",
);

export const Session = record(
  {
    user: Text(),
    roles: Type.Array(Text()),
    may: Type.Array(oneOf(["read", "operate", "decide"])),
    readOnly: Type.Boolean(),
  },
  "Session",
);

export const Said = record(
  { id: Text(), delivered: Type.Integer({ minimum: 0, description: "runs that waited for it" }) },
  "Said",
);

/** Why a request for a webhook started no run. */
export const NO_RUN = ["filtered", "passedOver", "queued", "repeated"] as const;

export const Received = record(
  {
    run: nullable(Text("the run of it")),
    because: nullable(oneOf(NO_RUN, "why there is none")),
  },
  "Received",
);

export const Health = record({ status: oneOf(["ok", "unavailable"]) }, "Health");

export const Problem = record(
  {
    type: Text(),
    title: Text(),
    status: Type.Integer(),
    code: Text("stable, as on the command line"),
    detail: Text(),
    help: Type.Optional(Text()),
  },
  "Problem",
);

export type RunDocument = Static<typeof Run>;
export type RunViewDocument = Static<typeof RunView>;
export type StageDocument = Static<typeof Stage>;
export type ApprovalDocument = Static<typeof Approval>;
export type DefinitionDocument = Static<typeof Definition>;
export type DefinitionEntryDocument = Static<typeof DefinitionList>["items"][number];
export type SessionDocument = Static<typeof Session>;
