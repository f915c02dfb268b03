import type { Template, WorkflowPlan } from "../../core/plan.js";
import type { Registry } from "../../plugin/registry.js";
import { type Cases, createCases } from "./cases.js";
import type { Cell } from "./cells.js";
import { BEGUN, type Freedom, outline, type Possible } from "./forward.js";
import { type Demand, type Found, findMoment } from "./search.js";
import type { Space, Spot, SpotEdge } from "./space.js";
import { wayTo } from "./way.js";

/** What is asked about all runs: can all of this begin in one of them, though the edge does not hold? */
export interface Question {
  readonly begin: readonly Spot[];
  readonly without?: SpotEdge;
  readonly when?: Template | undefined;
}

/** `never`: there is no such run. `unknown`: given up. */
export type Answer =
  | { readonly kind: "never" }
  | { readonly kind: "unknown" }
  | {
      readonly kind: "possible";
      /** `inputs.amount = 300000`, for the fields it depends on. */
      readonly when: readonly string[];
      /** `intake → route.large → pay`. */
      readonly way: string;
      /** Stages whose condition or outcome was not decided. */
      readonly open: readonly string[];
      /** Fields not looked at in parts, for there were too many. */
      readonly unsplit: readonly string[];
    };

export interface Prover {
  ask(question: Question): Answer;
}

/** Steps of search for one question; more than any definition seen needs. */
const MOST_STEPS = 100_000;

export function createProver(space: Space, workflow: WorkflowPlan, registry: Registry): Prover {
  return {
    ask: (question) => {
      const only = relevant(question.begin);
      const part: Space = { ...space, backward: space.backward.filter((spot) => only.has(spot)) };
      const cases = createCases(workflow, registry, part.backward, question.when);
      return answer(part, only, cases, question);
    },
  };
}

function answer(space: Space, only: ReadonlySet<Spot>, cases: Cases, question: Question): Answer {
  const known = new Map<string, Found>();
  const steps = { left: MOST_STEPS };
  let isUnknown = false;

  const look = (cells: readonly Cell[]): Found => {
    if (!cases.mayHold(question.when, cells)) return "none";
    const freedoms = new Map(cases.conditional.map((spot) => [spot, cases.freedom(spot, cells)]));
    const key = JSON.stringify([...freedoms.values()]);
    const found = known.get(key) ?? search(space, only, freedoms, question, steps);
    known.set(key, found);
    return found;
  };

  for (const cells of cases.all()) {
    const found = look(cells);
    if (found === "unknown") isUnknown = true;
    else if (found !== "none") {
      return {
        kind: "possible",
        when: whenOf(cells, cases, (other) => typeof look(other) === "object"),
        way: question.begin.map((spot) => wayTo(spot, found)).join(", and "),
        open: [...found.states.keys()].filter((spot) => cases.isOpen(spot, cells)).map(({ address }) => address),
        unsplit: cases.open,
      };
    }
  }
  return { kind: isUnknown ? "unknown" : "never" };
}

function search(
  space: Space,
  only: ReadonlySet<Spot>,
  freedoms: ReadonlyMap<Spot, Freedom>,
  { begin, without }: Question,
  steps: { left: number },
): Found {
  const possible: Possible = outline(space, (spot) => freedoms.get(spot) ?? { ends: spot.ends, begins: true }, {
    only,
    ...(without !== undefined && { without }),
  });
  const demands = begin.map((spot): Demand => ({ spot, among: [BEGUN, ...spot.plan.outcomes] }));
  return findMoment(space, possible, demands, steps);
}

/** All that has a say in whether these begin. */
function relevant(begin: readonly Spot[]): ReadonlySet<Spot> {
  const all = new Set<Spot>();
  const queue = [...begin];
  const whole = new Set<Spot>();
  const add = (spot: Spot, isWhole: boolean) => {
    if (all.has(spot) && (!isWhole || whole.has(spot))) return;
    if (isWhole) whole.add(spot);
    queue.push(spot);
  };
  for (let spot = queue.pop(); spot !== undefined; spot = queue.pop()) {
    all.add(spot);
    for (const { edges } of spot.needs) for (const edge of edges) add(edge.spot, true);
    if (spot.owner !== undefined) add(spot.owner, false);
    if (whole.has(spot)) for (const inner of spot.inner) add(inner, true);
  }
  return all;
}

/** Of the case, what matters: a field any of whose parts will do is left out. */
function whenOf(cells: readonly Cell[], { fields }: Cases, isPossible: (cells: readonly Cell[]) => boolean): string[] {
  return fields.flatMap(({ name, cells: all }, index) => {
    const instead = (cell: Cell) => cells.map((own, at) => (at === index ? cell : own));
    if (all.every((cell) => isPossible(instead(cell)))) return [];
    return [`${name} ${(cells[index] as Cell).label}`];
  });
}
