import { parseDuration } from "../../core/duration.js";
import type { JsonObject } from "../../core/json.js";
import type { Plan } from "../../core/plan.js";
import { checkInputs } from "../inputs.js";
import type { Expectation, ExpectedStage, MockEntry, ScriptedDecision, ScriptedEvent, TestCase } from "./model.js";
import type { CaseSource, MockSource, TestSource } from "./schema.js";

/** When a test's clock begins where it does not say: one day, so that runs repeat. */
const DEFAULT_NOW = "2026-01-01T00:00:00Z";

type Mocks = NonNullable<TestSource["mocks"]>;

/** The cases of a test that has no errors. */
export function toCases(raw: TestSource, plan: Plan): readonly TestCase[] {
  return raw.cases.map((entry, index) => ({
    name: entry.name,
    path: ["cases", index],
    now: Date.parse(entry.now ?? raw.now ?? DEFAULT_NOW),
    inputs: checkInputs(plan.workflow, { ...raw.inputs, ...entry.inputs } as JsonObject).values,
    mocks: mapValues<Mocks[string], readonly MockEntry[]>({ ...raw.mocks, ...entry.mocks }, (list) => list.map(toMock)),
    approvals: mapValues(entry.approvals ?? {}, (list) => list.map(toDecision)),
    events: (entry.events ?? []).map(toEvent),
    expect: toExpectation(entry.expect),
  }));
}

function toMock({ after, ...rest }: MockSource): MockEntry {
  return { ...rest, after: ms(after) ?? 0 } as MockEntry;
}

type Decisions = NonNullable<CaseSource["approvals"]>[string];

function toDecision({ after, expectRefused = false, ...rest }: Decisions[number]): ScriptedDecision {
  return { ...rest, after: ms(after) ?? 0, expectRefused } as ScriptedDecision;
}

function toEvent({ name, data = null, after }: NonNullable<CaseSource["events"]>[number]): ScriptedEvent {
  const at = ms(after);
  return { name, data, ...(at !== undefined && { after: at }) };
}

function toExpectation({ stages = {}, order = [], journal = [], ...rest }: CaseSource["expect"]): Expectation {
  const expected = (stage: string | object): ExpectedStage => (typeof stage === "string" ? { outcome: stage } : stage);
  return { ...rest, stages: mapValues(stages, expected), order, journal } as Expectation;
}

function ms(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
