import type { Event, Recorded } from "../core/event.js";
import type { Json, JsonObject } from "../core/json.js";
import type { RunState, StageState } from "../core/state.js";
import { addresses, type ExpectedStage, type TestCase } from "../definition/index.js";
import type { RunRow } from "../engine/ports.js";
import { mismatches, shown } from "./match.js";
import type { Problem } from "./problem.js";

/** Everything about a run that is not as the case expects. */
export function compare(test: TestCase, state: RunState, row: RunRow, events: readonly Recorded[]): readonly Problem[] {
  const { expect } = test;
  const at = [...test.path, "expect"];
  const why = row.error === null ? "" : ` (${row.error.code}: ${row.error.message})`;
  const problems: Problem[] = [];
  if (expect.status !== undefined && row.status !== expect.status) {
    const waiting = row.waitingFor === null ? "" : ` for ${row.waitingFor}`;
    problems.push(wrong("status", [...at, "status"], expect.status, row.status, `${waiting}${why}`));
  }
  if (expect.error !== undefined && row.error?.code !== expect.error) {
    problems.push(wrong("error", [...at, "error"], expect.error, row.error?.code, why));
  }
  if (expect.outputs !== undefined) problems.push(...part("outputs", [...at, "outputs"], expect.outputs, row.outputs));
  if (expect.state !== undefined) problems.push(...part("state", [...at, "state"], expect.state, state.frame.values));
  for (const [address, expected] of Object.entries(expect.stages)) {
    problems.push(...compareStage(address, expected, state, [...at, "stages", address]));
  }
  problems.push(...compareOrder(expect.order, begun(events), [...at, "order"]));
  problems.push(...compareJournal(expect.journal, events, [...at, "journal"]));
  return problems;
}

function wrong(what: string, path: Problem["path"], expected: Json, actual: Json | undefined, more = ""): Problem {
  const message = `${what}: expected ${shown(expected)}, actual ${shown(actual)}${more}`;
  return { code: "expectation-failed", message, path, expected, ...(actual !== undefined && { actual }) };
}

function part(what: string, path: Problem["path"], expected: JsonObject, actual: Json | undefined | null): Problem[] {
  return mismatches(expected, actual ?? {}).map((found) => {
    const name = [what, ...found.path].join(".");
    return wrong(name, [...path, ...found.path], found.expected, found.actual);
  });
}

/** A wildcard speaks of every item; of a stage that was never reached nothing is known but that it is omitted. */
function compareStage(address: string, expected: ExpectedStage, state: RunState, path: Problem["path"]): Problem[] {
  const found = [...state.stages.values()].filter((stage) => addresses(address, stage.path));
  // A group that is tried again has several instances; the last one tells.
  const stages = address.includes("*") ? found : found.slice(-1);
  if (stages.length === 0) {
    if (expected.outcome === "omitted") return [];
    return [wrong(address, path, (expected.outcome ?? expected) as Json, "omitted", ": it was never reached")];
  }
  return stages.flatMap((stage) => compareInstance(stage, expected, path));
}

function compareInstance(stage: StageState, expected: ExpectedStage, path: Problem["path"]): Problem[] {
  const { outcome, attempts, outputs, error } = expected;
  const actual = stage.outcome ?? stage.status;
  const why = stage.error === null ? "" : ` (${stage.error.code}: ${stage.error.message})`;
  const problems: Problem[] = [];
  if (outcome !== undefined && outcome !== actual) problems.push(wrong(stage.path, path, outcome, actual, why));
  if (attempts !== undefined && attempts !== stage.attempts) {
    problems.push(wrong(`attempts of ${stage.path}`, [...path, "attempts"], attempts, stage.attempts));
  }
  if (error !== undefined && error !== stage.error?.code) {
    problems.push(wrong(`error of ${stage.path}`, [...path, "error"], error, stage.error?.code, why));
  }
  if (outputs !== undefined) {
    problems.push(...part(`outputs of ${stage.path}`, [...path, "outputs"], outputs, stage.outputs));
  }
  return problems;
}

/** Stages in the order in which they began; a pure one begins and ends at once. */
function begun(events: readonly Recorded[]): readonly string[] {
  const paths = new Set<string>();
  for (const { event } of events) if (begins(event)) paths.add(event.stage);
  return [...paths];
}

const NOT_BEGUN = ["omitted", "skipped", "cancelled"];

function begins(event: Event): event is Extract<Event, { stage: string }> {
  if (event.type === "stageStarted" || event.type === "scopeOpened" || event.type === "stageWaiting") return true;
  return event.type === "stageEnded" && !NOT_BEGUN.includes(event.outcome);
}

function compareOrder(order: readonly string[], actual: readonly string[], path: Problem["path"]): Problem[] {
  let from = 0;
  for (const [index, address] of order.entries()) {
    const at = actual.findIndex((stage, place) => place >= from && addresses(address, stage));
    if (at < 0) {
      const message =
        index === 0 || !actual.some((stage) => addresses(address, stage))
          ? `order: ${address} never begins`
          : `order: ${address} does not begin after ${order[index - 1]}`;
      const help = `they began in this order: ${actual.join(", ") || "none"}`;
      return [{ code: "expectation-failed", message, help, path: [...path, index], expected: order, actual }];
    }
    from = at + 1;
  }
  return [];
}

function compareJournal(wanted: readonly JsonObject[], events: readonly Recorded[], path: Problem["path"]): Problem[] {
  let from = 0;
  for (const [index, entry] of wanted.entries()) {
    const fits = ({ event }: Recorded) => mismatches(entry, event as unknown as Json).length === 0;
    const at = events.findIndex((recorded, place) => place >= from && fits(recorded));
    if (at < 0) {
      const where = events.some(fits) ? " after the one before" : "";
      const sameType = events
        .filter(({ event }) => event.type === entry["type"])
        .map(({ event }) => event as unknown as Json);
      const help = sameType.length > 0 ? `of this type there is ${shown(sameType)}` : undefined;
      const message = `journal: no event ${shown(entry)}${where}`;
      return [
        {
          code: "expectation-failed",
          message,
          path: [...path, index],
          expected: entry,
          ...(help !== undefined && { help }),
        },
      ];
    }
    from = at + 1;
  }
  return [];
}
