import { isObject, type Json, type JsonObject } from "../../core/json.js";
import type { StageResult } from "../../plugin/api.js";
import type { Registry } from "../../plugin/registry.js";
import { ABSENT, anythingBeside, type Datum } from "./cells.js";
import { type Case, type Evaluator, type Range, rangeOfOrigin } from "./evaluate.js";
import { infoOfSpot, type Origins } from "./origin.js";
import type { Spot } from "./space.js";

/** A stage is tried on so many inputs in one case; where it would take more, nothing is known of its result. */
const MOST_INPUTS = 2_000;

/** What stages without effect come to in one case, found by running them. */
export interface Results {
  /** Undefined: nothing is known. A result that is missing is a failure. */
  of(spot: Spot, of: Case): readonly StageResult[] | undefined;
  readonly evaluator: Evaluator;
}

export function createResults(origins: Origins, registry: Registry): Results {
  const known = new Map<string, readonly StageResult[] | undefined>();
  const evaluator: Evaluator = {
    origins,
    results: ({ spot, path }, fields) => {
      const values = resultsOf(spot, fields)?.map(({ outputs }) => valueAt(outputs, path));
      const byText =
        values && new Map<string, Datum>(values.map((value) => [JSON.stringify(value) ?? "", value ?? ABSENT]));
      return byText && [...byText.values()];
    },
  };

  function resultsOf(spot: Spot, fields: Case): readonly StageResult[] | undefined {
    const cuts = origins.cutsOf(spot);
    if (cuts === undefined) return undefined;
    const template = spot.plan.with ?? {};
    const ranges = cuts.map(({ path, values }): Range => {
      const range = rangeOfOrigin(origins.within(template, path, { from: spot }), fields, evaluator);
      if (range !== undefined) return range.filter((value) => value !== ABSENT);
      return values.length === 0 ? undefined : anythingBeside(values);
    });
    const key = `${spot.order} ${JSON.stringify(ranges)}`;
    if (!known.has(key))
      known.set(
        key,
        tried(
          registry,
          spot,
          cuts.map(({ path }) => path),
          ranges,
        ),
      );
    return known.get(key);
  }

  return { of: resultsOf, evaluator };
}

/** Undefined: it cannot be run here, or not on so many inputs. */
function tried(
  registry: Registry,
  spot: Spot,
  paths: readonly (readonly string[])[],
  ranges: readonly Range[],
): readonly StageResult[] | undefined {
  const count = ranges.reduce((product, range) => product * (range?.length ?? Number.POSITIVE_INFINITY), 1);
  if (count > MOST_INPUTS) return undefined;
  const results: StageResult[] = [];
  for (const values of combinations(ranges as readonly (readonly Json[])[])) {
    const input = paths.reduce(
      (so, path, index) => withAt(so, path, values[index] as Json),
      constantParts(spot.plan.with),
    );
    const result = run(registry, spot, input as JsonObject);
    if (result === "unknown") return undefined;
    if (result !== undefined) results.push(result);
  }
  return results;
}

/** Undefined: it fails. */
function run(registry: Registry, spot: Spot, input: JsonObject): StageResult | undefined | "unknown" {
  const type = registry.stages.get(spot.plan.uses);
  if (type?.kind !== "pure") return "unknown";
  const { agents, rulesets } = infoOfSpot(spot);
  const { id, version } = spot.workflow;
  try {
    const result = type.run(input, {
      now: 0,
      runStartedAt: 0,
      run: { id: "", workflow: id, version, stage: spot.address },
      agents,
      rulesets,
    });
    if (!(result instanceof Promise)) return result;
    result.catch(() => undefined);
    return "unknown";
  } catch {
    return undefined;
  }
}

/** Every way to take one of each. */
export function* combinations<T>(lists: readonly (readonly T[])[], at = 0): Generator<readonly T[]> {
  if (at === lists.length) {
    yield [];
    return;
  }
  for (const value of lists[at] as readonly T[]) {
    for (const rest of combinations(lists, at + 1)) yield [value, ...rest];
  }
}

function valueAt(outputs: Json, path: readonly (string | number | null)[]): Json | undefined {
  let at: Json | undefined = outputs;
  for (const step of path) at = isObject(at) && Object.hasOwn(at, String(step)) ? at[String(step)] : undefined;
  return at;
}

/** The input with null for every expression: what matters of it is put in afterwards. */
function constantParts(template: Json | undefined): Json {
  if (typeof template === "string") return template.includes("${{") ? null : template;
  if (Array.isArray(template)) return template.map(constantParts);
  if (!isObject(template)) return template ?? {};
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, constantParts(value)]));
}

function withAt(input: Json, path: readonly string[], value: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const fields = isObject(input) ? input : {};
  return { ...fields, [step]: withAt(Object.hasOwn(fields, step) ? (fields[step] as Json) : {}, rest, value) };
}
