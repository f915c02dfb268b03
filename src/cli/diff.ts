import type { RunView, StageView } from "../app.js";
import { differences } from "../core/differences.js";
import type { Json, JsonObject } from "../core/json.js";
import { show, standingOf } from "./render/run.js";

/** One thing in which two runs differ: where, and what it is on either side. Undefined: it is not there. */
export interface RunDifference {
  /** `definition`, `status`, `inputs.amount`, `pay`, `pay.outputs.total`, `outputs.decision`. */
  readonly place: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** What differs between two runs, in the order in which a run goes; times and durations always differ and do not count. */
export function diffRuns(before: RunView, after: RunView): readonly RunDifference[] {
  const stages = pairs(before.stages, after.stages);
  return [
    ...below("workflow", before.run.workflow, after.run.workflow),
    ...below("definition", versionOf(before), versionOf(after)),
    ...below("inputs", before.inputs, after.inputs),
    ...stages.flatMap(([path, a, b]) => [
      ...below(path, a && standingOf(a), b && standingOf(b)),
      ...below(`${path}.error`, a?.error?.code, b?.error?.code),
      ...below(`${path}.decidedBy`, decidersOf(a), decidersOf(b)),
      ...below(`${path}.outputs`, a?.outputs, b?.outputs),
    ]),
    ...below("state", before.state, after.state),
    ...below("status", before.run.status, after.run.status),
    ...below("outputs", before.run.outputs ?? undefined, after.run.outputs ?? undefined),
  ];
}

export function differenceDocument({ place, before, after }: RunDifference): JsonObject {
  return { place, before: before ?? null, after: after ?? null };
}

/** Stages of both by path: those of the first in their order, then those only the second has. */
function pairs(
  before: readonly StageView[],
  after: readonly StageView[],
): readonly (readonly [path: string, a: StageView | undefined, b: StageView | undefined])[] {
  const [a, b] = [byPath(before), byPath(after)];
  return [...new Set([...a.keys(), ...b.keys()])].map((path) => [path, a.get(path), b.get(path)]);
}

function byPath(stages: readonly StageView[]): ReadonlyMap<string, StageView> {
  return new Map(stages.map((stage) => [stage.path, stage]));
}

function below(place: string, before: Json | undefined, after: Json | undefined): readonly RunDifference[] {
  return differences(before, after).map(({ path, ...sides }) => ({
    place: path.reduce<string>((at, step) => (typeof step === "number" ? `${at}[${step}]` : `${at}.${step}`), place),
    ...sides,
  }));
}

function versionOf({ run }: RunView): string {
  return `${run.version} (${run.definition.slice(0, 12)})`;
}

function decidersOf(stage: StageView | undefined): Json | undefined {
  const decisions = stage?.decisions ?? [];
  return decisions.length === 0 ? undefined : decisions.map(({ by, outcome }) => `${by}: ${outcome}`).join(", ");
}

/** A side of a difference on one line. */
export function side(value: Json | undefined): string {
  return value === undefined ? "–" : show(value);
}
