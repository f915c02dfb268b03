import type { Witness } from "./search.js";
import { holding, type Spot, type SpotEdge } from "./space.js";

/** One way to a stage, as a person would point it out: `intake → route.large → pay`. */
export function wayTo(target: Spot, { states, reasons }: Witness): string {
  const steps = [target.address];
  const seen = new Set<Spot>();
  for (let at: Spot | undefined = target; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const edges: readonly SpotEdge[] = reasons.get(at) ?? [];
    // An edge that names an outcome says more than a plain one.
    const edge: SpotEdge | undefined = edges.find(({ outcome }) => outcome !== null) ?? edges[0];
    if (edge !== undefined) steps.unshift(textOf(edge, states.get(edge.spot) ?? []));
    else if (at.owner !== undefined) steps.unshift(at.owner.address);
    at = edge === undefined ? at.owner : edge.spot;
  }
  return steps.join(" → ");
}

/** The edge with the outcome by which it holds, or does not. */
function textOf(edge: SpotEdge, states: readonly string[]): string {
  const { spot, outcome } = edge;
  const known = states.filter((state) => holding(edge).includes(state));
  if (outcome === null && (known.includes("succeeded") || states.length === 0)) return spot.address;
  return `${spot.address}.${known[0] ?? states[0] ?? outcome}`;
}
