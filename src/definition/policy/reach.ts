import type { Findings } from "../findings.js";
import { BEGUN, outline, type Possible } from "./forward.js";
import { findMoment } from "./search.js";
import { holding, type Space, type Spot, type SpotNeed } from "./space.js";

/** Steps of search for all stages of a definition together; what is left then is taken for reachable. */
const MOST_STEPS = 100_000;

/** Stages that no run comes to. One that only follows another such is not named. */
export function checkReach(space: Space, findings: Findings): void {
  const never = new Set<Spot>();
  const reached = sampled(space);
  let possible: Possible | undefined;
  const steps = { left: MOST_STEPS };
  const main = space.spots[0]?.workflow;
  for (const spot of space.forward) {
    if (spot.workflow !== main || reached.has(spot)) continue;
    possible ??= outline(space, ({ ends }) => ({ ends, begins: true }));
    if (typeof findMoment(space, possible, [{ spot, among: [BEGUN] }], steps) === "object" || steps.left < 0) continue;
    never.add(spot);
    const before = [...spot.needs.flatMap(({ edges }) => edges.map((edge) => edge.spot)), spot.owner];
    if (before.some((other) => other !== undefined && never.has(other))) continue;
    const message = `no run comes to \`${spot.plan.id}\`: what it needs never holds together`;
    const help = "a stage ends once: where either of two branches leads on, write { anyOf: […] }";
    findings.error("unreachable", { path: spot.path, part: "key" }, message, help);
  }
}

/** Stages that some simple run comes to: in each, all stages end with the first, second, … of their outcomes. */
function sampled(space: Space): ReadonlySet<Spot> {
  const reached = new Set<Spot>();
  const widest = space.spots.reduce((most, { plan }) => Math.max(most, plan.outcomes.length), 1);
  for (let round = 0; round <= Math.min(widest, 12); round += 1) {
    if (reached.size === space.spots.length) break;
    const ends = new Map<Spot, string>();
    const pick = (spot: Spot) => (round === widest ? (spot.ends.at(-1) as string) : spot.plan.outcomes[round]);
    for (const spot of space.forward) {
      if (spot.owner !== undefined && ends.get(spot.owner) === "omitted") ends.set(spot, "omitted");
      else if (spot.needs.every((need) => holds(need, ends))) {
        reached.add(spot);
        ends.set(spot, pick(spot) ?? (spot.plan.outcomes[0] as string));
      } else ends.set(spot, "omitted");
    }
  }
  return reached;
}

function holds({ mode, count, edges }: SpotNeed, ends: ReadonlyMap<Spot, string>): boolean {
  const held = edges.filter((edge) => holding(edge).includes(ends.get(edge.spot) as string)).length;
  return held >= (mode === "all" ? edges.length : mode === "settled" ? 1 : count);
}
