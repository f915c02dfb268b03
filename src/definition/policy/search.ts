import { BEGUN, ended, isGoodEnd, type Possible } from "./forward.js";
import { holding, type Space, type Spot, type SpotEdge, type SpotNeed } from "./space.js";

/** Something asked of one moment of a run: the stage is in one of these ways. */
export interface Demand {
  readonly spot: Spot;
  readonly among: readonly string[];
}

/** How a moment comes about: for each stage that matters, how it is then, and the edges by which it got there. */
export interface Witness {
  readonly states: ReadonlyMap<Spot, readonly string[]>;
  readonly reasons: ReadonlyMap<Spot, readonly SpotEdge[]>;
}

export type Found = Witness | "none" | "unknown";

interface Choice {
  readonly demands: readonly Demand[];
  readonly edges: readonly SpotEdge[];
}

interface Frame {
  readonly at: number;
  readonly mark: number;
  readonly choices: Iterator<Choice>;
}

/**
 * A moment of some run in which all demands hold at once. A stage nothing is asked of may not have ended yet, so only
 * what is asked has to be explained, from the last stage back to the first; each explanation asks something of earlier
 * ones. Exact: `none` says there is no such moment. `unknown`: not settled in `steps`.
 */
export function findMoment(
  space: Space,
  possible: Possible,
  demands: readonly Demand[],
  steps: { left: number },
): Found {
  const states: (readonly string[] | undefined)[] = [];
  const reasons = new Map<Spot, readonly SpotEdge[]>();
  const trail: { readonly spot: Spot; readonly before: readonly string[] | undefined }[] = [];
  const { backward } = space;

  function demand({ spot, among }: Demand): boolean {
    const before = states[spot.order];
    const left = (before ?? (possible[spot.order] as readonly string[])).filter((state) => among.includes(state));
    if (left.length === 0) return false;
    if (before?.length === left.length) return true;
    trail.push({ spot, before });
    states[spot.order] = left;
    return before !== undefined || spot.owner === undefined || demand({ spot: spot.owner, among: opened(spot.owner) });
  }

  function undo(mark: number): void {
    while (trail.length > mark) {
      const { spot, before } = trail.pop() as (typeof trail)[number];
      states[spot.order] = before;
    }
  }

  if (!demands.every(demand)) return "none";
  const frames: Frame[] = [];
  let at = 0;
  for (;;) {
    while (at < backward.length && states[(backward[at] as Spot).order] === undefined) at += 1;
    const spot = backward[at];
    if (spot === undefined) return { states: statesOf(space, states), reasons };
    const choices = explanations(spot, states[spot.order] as readonly string[]);
    frames.push({ at, mark: trail.length, choices });
    if (!advance()) return frames.length > 0 ? "unknown" : "none";
  }

  /** The next explanation that fits, here or further back. False: none is left, or the steps are used up. */
  function advance(): boolean {
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      undo(frame.mark);
      steps.left -= 1;
      if (steps.left < 0) return false;
      const next = frame.choices.next();
      if (next.done === true) frames.pop();
      else if (next.value.demands.every(demand)) {
        reasons.set(backward[frame.at] as Spot, next.value.edges);
        at = frame.at + 1;
        return true;
      }
    }
    return false;
  }
}

/** A stage inside exists only once its owner's work has begun. */
function opened(owner: Spot): readonly string[] {
  return [BEGUN, ...owner.ends, "cancelled"];
}

function statesOf({ spots }: Space, states: readonly (readonly string[] | undefined)[]): Witness["states"] {
  return new Map(spots.flatMap((spot) => (states[spot.order] === undefined ? [] : [[spot, states[spot.order] ?? []]])));
}

/** Every way in which a stage can come to be in one of the states. */
function* explanations(spot: Spot, states: readonly string[]): Generator<Choice> {
  const begun = states.filter((state) => state !== "omitted" && state !== "cancelled");
  const inner = spot.isMany ? [] : spot.inner;
  const free = inner.length === 0 ? begun : begun.filter((state) => !spot.plan.outcomes.includes(state));
  if (free.length > 0) yield* begins(spot, [{ spot, among: free }]);
  if (free.length < begun.length) {
    const whole: Demand[] = inner.map((stage) => ({ spot: stage, among: goodEnds(stage) }));
    yield* begins(spot, [{ spot, among: begun.filter((state) => !free.includes(state)) }, ...whole]);
  }
  if (states.includes("omitted")) {
    for (const need of spot.needs) {
      for (const choice of dying(need)) yield withState(choice, { spot, among: ["omitted"] });
    }
  }
  if (states.includes("cancelled")) yield { demands: [{ spot, among: ["cancelled"] }], edges: [] };
}

function withState({ demands, edges }: Choice, state: Demand): Choice {
  return { demands: [state, ...demands], edges };
}

function goodEnds(spot: Spot): readonly string[] {
  return [...spot.ends, "omitted", "cancelled"].filter((end) => isGoodEnd(spot, end));
}

/** All entries of `needs` hold, each in one of its ways. */
function* begins({ needs }: Spot, own: readonly Demand[], at = 0, so: Choice = EMPTY): Generator<Choice> {
  const need = needs[at];
  if (need === undefined) {
    yield { demands: [...own, ...so.demands], edges: so.edges };
    return;
  }
  for (const { demands, edges } of holdingWays(need)) {
    const more = { demands: [...so.demands, ...demands], edges: [...so.edges, ...edges] };
    yield* begins({ needs } as Spot, own, at + 1, more);
  }
}

const EMPTY: Choice = { demands: [], edges: [] };

function* holdingWays({ mode, count, edges }: SpotNeed): Generator<Choice> {
  if (mode === "settled") {
    const rest = edges.map(({ spot }): Demand => ({ spot, among: allEnds(spot) }));
    for (const edge of edges) yield { demands: [...rest, holds(edge)], edges: [edge] };
    return;
  }
  for (const some of subsets(edges, mode === "all" ? edges.length : count)) {
    yield { demands: some.map(holds), edges: some };
  }
}

/** The entry can no longer hold. */
function* dying({ mode, count, edges }: SpotNeed): Generator<Choice> {
  const needed = mode === "all" ? 1 : mode === "settled" ? edges.length : edges.length - count + 1;
  for (const some of subsets(edges, needed)) {
    yield {
      demands: some.map((edge) => ({
        spot: edge.spot,
        among: ended(allEnds(edge.spot)).filter((end) => !holding(edge).includes(end)),
      })),
      edges: some,
    };
  }
}

function holds(edge: SpotEdge): Demand {
  return { spot: edge.spot, among: holding(edge) };
}

function allEnds({ ends }: Spot): readonly string[] {
  return [...ends, "omitted", "cancelled"];
}

function* subsets<T>(list: readonly T[], size: number, from = 0): Generator<readonly T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let at = from; at <= list.length - size; at += 1) {
    for (const rest of subsets(list, size - 1, at + 1)) yield [list[at] as T, ...rest];
  }
}
