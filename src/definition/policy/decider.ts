import type { Template, WorkflowPlan } from "../../core/plan.js";
import type { Registry } from "../../plugin/registry.js";
import { ABSENT, type Cell, type Datum } from "./cells.js";
import type { Claim } from "./claims.js";
import { type Case, rangeOf, truths } from "./evaluate.js";
import { createGatherer, type Field, type Gatherer } from "./gather.js";
import { createOrigins, type Origins, type Standing, treeOf } from "./origin.js";
import { combinations, createResults, type Results } from "./results.js";
import type { Spot } from "./space.js";

/** Answers over every case that the conditions tell apart; undefined where one is not decided, or there are too many. */
export interface Decider {
  /** What a condition comes to, in the cases in which the claims hold. */
  condition(template: Template, standing: Standing, claims: readonly Claim[]): ReadonlySet<boolean> | undefined;
  /** How a stage without effect ends in each of them. */
  ends(spot: Spot, claims: readonly Claim[]): readonly Ending[] | undefined;
  /** Can all claims hold in one run? True where that is not decided. */
  together(claims: readonly Claim[]): boolean;
  readonly origins: Origins;
}

export interface Ending {
  readonly outcome: string;
  readonly fields: readonly Field[];
  readonly cells: readonly Cell[];
}

/** Cases looked at for one question, and for all questions about a definition together. */
const MOST_CASES = 1_000;
const MOST_IN_ALL = 100_000;

interface Cases {
  readonly fields: readonly Field[];
  readonly list: Iterable<readonly Cell[]>;
}

export function createDecider(workflow: WorkflowPlan, registry: Registry): Decider {
  const origins = createOrigins(workflow, registry);
  const results = createResults(origins, registry);
  let left = MOST_IN_ALL;

  function casesOf(claims: readonly Claim[], ask: (gatherer: Gatherer) => void): Cases | undefined {
    const gatherer = createGatherer(origins);
    ask(gatherer);
    for (const { spot, outcome } of claims) {
      if (outcome === undefined) gatherer.condition(spot.plan.if, { from: spot });
      else gatherer.stage(spot);
    }
    const fields = gatherer.fields();
    const count = fields.reduce((product, { cells }) => product * cells.length, 1);
    left -= Math.min(count, MOST_CASES);
    if (count > MOST_CASES || left < 0) return undefined;
    return { fields, list: combinations(fields.map(({ cells }) => cells)) };
  }

  return {
    origins,
    condition: (template, standing, claims) => {
      const cases = casesOf(claims, (gatherer) => gatherer.condition(template, standing));
      const found = new Set<boolean>();
      for (const { of } of held(cases, claims, results)) {
        for (const value of range(template, standing, of, results)) if (value !== ABSENT) found.add(value === true);
        if (found.size === 2) return undefined;
      }
      return cases && found;
    },
    ends: (spot, claims) => {
      const cases = casesOf(claims, (gatherer) => gatherer.stage(spot));
      const endings: Ending[] = [];
      for (const { of, cells } of held(cases, claims, results)) {
        const outcomes = outcomesOf(spot, of, results);
        if (outcomes === undefined) return undefined;
        for (const outcome of new Set(outcomes)) endings.push({ outcome, fields: cases?.fields ?? [], cells });
      }
      return cases && endings;
    },
    together: (claims) => {
      const cases = casesOf(claims, () => undefined);
      return cases === undefined || held(cases, claims, results).next().done !== true;
    },
  };
}

interface Held {
  readonly of: Case;
  readonly cells: readonly Cell[];
}

/** The cases in which all claims may hold. */
function* held(cases: Cases | undefined, claims: readonly Claim[], results: Results): Generator<Held> {
  if (cases === undefined) return;
  const position = new Map(cases.fields.map(({ name }, index) => [name, index]));
  for (const cells of cases.list) {
    const of: Case = (name) => {
      const index = position.get(name);
      return index === undefined ? undefined : [(cells[index] as Cell).value];
    };
    if (claims.every((claim) => mayHold(claim, of, results))) yield { of, cells };
  }
}

function mayHold({ spot, outcome }: Claim, of: Case, results: Results): boolean {
  if (outcome !== undefined) return outcomesOf(spot, of, results)?.includes(outcome) ?? true;
  return range(spot.plan.if as Template, { from: spot }, of, results).includes(true);
}

/** Undefined: it is not known how the stage ends. */
function outcomesOf(spot: Spot, of: Case, results: Results): readonly string[] | undefined {
  return spot.isMany ? undefined : results.of(spot, of)?.map(({ outcome }) => outcome ?? "succeeded");
}

function range(template: Template, standing: Standing, of: Case, { evaluator }: Results): readonly Datum[] {
  if (typeof template !== "string") return [template];
  const tree = treeOf(template);
  return truths(tree && rangeOf(tree, standing, of, evaluator));
}
