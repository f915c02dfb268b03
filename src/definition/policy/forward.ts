import { holding, isGood, type Space, type Spot, type SpotEdge, type SpotNeed } from "./space.js";

/** It has begun and not yet ended. Beside the outcomes, one of the things that can be asked of a stage. */
export const BEGUN = "begun";

/** What is taken as possible for a stage in one case: how it may end, of `spot.ends`, and whether its work may begin. */
export interface Freedom {
  readonly ends: readonly string[];
  readonly begins: boolean;
}

export type Freedoms = (spot: Spot) => Freedom;

/** Per spot, by its order: the ways it may have ended, `omitted` and `begun` among them. Each seen by itself. */
export type Possible = readonly (readonly string[])[];

export interface OutlineOptions {
  /** Runs in which this edge never holds. */
  readonly without?: SpotEdge;
  /** Only these matter; they hold all they need. */
  readonly only?: ReadonlySet<Spot>;
}

/**
 * An outline of all runs, in time linear in the edges: what is not in it cannot happen; what is in it, only perhaps,
 * for it is not asked whether two things can happen in one run.
 */
export function outline(space: Space, freedoms: Freedoms, options: OutlineOptions = {}): Possible {
  const { without, only } = options;
  const possible: string[][] = space.spots.map(() => []);
  const of = (spot: Spot) => possible[spot.order] as string[];
  const may = (edge: SpotEdge) => holding(edge).some((outcome) => of(edge.spot).includes(outcome));
  const mayNot = (edge: SpotEdge) => ended(of(edge.spot)).some((outcome) => !holding(edge).includes(outcome));

  function visit(spot: Spot, isOpen: boolean): void {
    if (only?.has(spot) === false) return;
    look(spot, isOpen);
    if (without?.spot !== spot) return;
    possible[spot.order] = of(spot).filter((state) => state === BEGUN || !holding(without).includes(state));
  }

  function look(spot: Spot, isOpen: boolean): void {
    const list = of(spot);
    if (isOpen && spot.isCancellable) list.push("cancelled");
    if (isOpen && spot.needs.some((need) => canDie(need, mayNot))) list.push("omitted");
    const runs = isOpen && spot.needs.every((need) => canHold(need, may, (edge) => ended(of(edge.spot)).length > 0));
    const { ends, begins } = runs ? freedoms(spot) : { ends: [], begins: false };
    if (begins) list.push(BEGUN);
    for (const inner of spot.inner) visit(inner, begins);
    const canSucceed = spot.isMany || spot.inner.every((inner) => of(inner).some((end) => isGoodEnd(inner, end)));
    list.push(...ends.filter((end) => canSucceed || !spot.plan.outcomes.includes(end)));
  }

  for (const spot of space.roots) visit(spot, true);
  return possible;
}

/** An end that lets the graph around it succeed. */
export function isGoodEnd(spot: Spot, outcome: string): boolean {
  return outcome !== BEGUN && isGood(spot, outcome);
}

export function ended(values: readonly string[]): readonly string[] {
  return values.filter((value) => value !== BEGUN);
}

function canHold(need: SpotNeed, may: (edge: SpotEdge) => boolean, mayEnd: (edge: SpotEdge) => boolean): boolean {
  const { mode, count, edges } = need;
  if (mode === "settled") return edges.every(mayEnd) && edges.some(may);
  return edges.filter(may).length >= (mode === "all" ? edges.length : count);
}

function canDie({ mode, count, edges }: SpotNeed, mayNot: (edge: SpotEdge) => boolean): boolean {
  const needed = mode === "all" ? 1 : mode === "settled" ? edges.length : edges.length - count + 1;
  return edges.filter(mayNot).length >= needed;
}
