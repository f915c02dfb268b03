import { COMMON_OUTCOMES, type Template, type WorkflowPlan } from "../../core/plan.js";
import type { Registry } from "../../plugin/registry.js";
import type { Cell, Datum } from "./cells.js";
import { type Case, rangeOf, truths } from "./evaluate.js";
import type { Freedom } from "./forward.js";
import { createGatherer, type Field } from "./gather.js";
import { createOrigins, treeOf } from "./origin.js";
import { combinations, createResults } from "./results.js";
import { endsOf, type Spot } from "./space.js";

/** So many cases at most; beyond it the fields with most parts are left open, inputs last. */
export const MOST_CASES = 20_000;

/** All there can be, as far as conditions can tell it apart. */
export interface Cases {
  readonly fields: readonly Field[];
  /** Names of fields left open because there would be too many cases. */
  readonly open: readonly string[];
  /** Of the spots, those of which the case may say how they end. */
  readonly conditional: readonly Spot[];
  /** One cell of each field. */
  all(): Iterable<readonly Cell[]>;
  /** What the condition may be; `true` also where it cannot be evaluated. */
  mayHold(condition: Template | undefined, cells: readonly Cell[]): boolean;
  freedom(spot: Spot, cells: readonly Cell[]): Freedom;
  /** Its condition, or the way it ends, is not known in this case: whatever it may be was taken as possible. */
  isOpen(spot: Spot, cells: readonly Cell[]): boolean;
}

/** The cases that tell apart everything that `spots` and `condition` compare with constants. */
export function createCases(
  workflow: WorkflowPlan,
  registry: Registry,
  spots: readonly Spot[],
  condition: Template | undefined,
): Cases {
  const origins = createOrigins(workflow, registry);
  const results = createResults(origins, registry);
  const gatherer = createGatherer(origins);
  gatherer.condition(condition, { from: undefined });
  for (const spot of spots) {
    gatherer.condition(spot.plan.if, { from: spot });
    if (hasNamedEnds(spot)) gatherer.stage(spot);
  }
  const all = gatherer.fields();
  const open = openFields(all);
  const fields = all.filter((field) => !open.includes(field));
  const position = new Map(fields.map(({ name }, index) => [name, index]));
  const leftOpen = new Map(open.map(({ name, cells }) => [name, cells.map(({ value }) => value)]));

  const caseOf =
    (cells: readonly Cell[]): Case =>
    (name) => {
      const index = position.get(name);
      return index === undefined ? leftOpen.get(name) : [(cells[index] as Cell).value];
    };

  function range(template: Template, from: Spot | undefined, cells: readonly Cell[]): readonly Datum[] {
    if (typeof template !== "string") return [template];
    const tree = treeOf(template);
    return truths(tree && rangeOf(tree, { from }, caseOf(cells), results.evaluator));
  }

  function namedEnds(spot: Spot, cells: readonly Cell[]): readonly string[] | undefined {
    if (!hasNamedEnds(spot)) return undefined;
    return results.of(spot, caseOf(cells))?.map(({ outcome }) => outcome ?? "succeeded");
  }

  function freedom(spot: Spot, cells: readonly Cell[]): Freedom {
    const { plan } = spot;
    const truth = plan.if === undefined ? [true] : range(plan.if, spot, cells);
    const known = namedEnds(spot, cells);
    const begins = truth.includes(true);
    const skips = truth.includes(false) || endsOf({ ...plan, if: undefined as never }).includes("skipped");
    const ends = spot.ends.filter((end) => {
      if (end === "skipped") return skips;
      if (end === "failed") return true;
      return begins && (known === undefined || isCommon(end) || known.includes(end));
    });
    return { ends, begins };
  }

  return {
    fields,
    open: open.map(({ name }) => name),
    conditional: spots.filter((spot) => spot.plan.if !== undefined || (hasNamedEnds(spot) && origins.cutsOf(spot))),
    all: () => combinations(fields.map(({ cells }) => cells)),
    mayHold: (template, cells) =>
      template === undefined || range(template, undefined, cells).some((value) => value !== false),
    freedom,
    isOpen: (spot, cells) => {
      const { plan } = spot;
      const truth = plan.if === undefined ? [] : range(plan.if, spot, cells);
      if (truth.includes(true) && truth.includes(false)) return true;
      return hasNamedEnds(spot) && plan.kind === "pure" && new Set(namedEnds(spot, cells)).size !== 1;
    },
  };
}

function hasNamedEnds({ plan, isMany }: Spot): boolean {
  return !isMany && plan.outcomes.some((outcome) => outcome !== "succeeded");
}

function isCommon(outcome: string): boolean {
  return (COMMON_OUTCOMES as readonly string[]).includes(outcome);
}

/** Which fields to leave open so that the rest makes few enough cases. */
function openFields(fields: readonly Field[]): readonly Field[] {
  const size = (list: readonly Field[]) => list.reduce((product, { cells }) => product * cells.length, 1);
  let kept = [...fields];
  while (size(kept) > MOST_CASES) {
    const others = kept.filter(({ name }) => !name.startsWith("inputs."));
    const [largest] = (others.length > 0 ? others : kept).sort((a, b) => b.cells.length - a.cells.length);
    kept = kept.filter((field) => field !== largest);
  }
  return fields.filter((field) => !kept.includes(field));
}
