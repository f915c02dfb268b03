import { holding, type Spot, type SpotEdge } from "./space.js";

/** What must have been so for a run to stand at a stage. */
export interface Claim {
  readonly spot: Spot;
  /** Absent: the condition of the stage held. */
  readonly outcome?: string;
}

/** As far back as is looked for claims, and the most of them: with more, a question has too many cases anyway. */
const MOST_STEPS = 32;
const MOST_CLAIMS = 6;

/**
 * Asks of one stage after the other, each after all it needs: what surely was so when its needs hold, the nearest
 * first. Where nothing can be said of a stage nor of what it follows, nobody behind it looks there again.
 */
export function createClaims(): (target: Spot) => readonly Claim[] {
  const silent = new Set<Spot>();
  const saysNothing = (spot: Spot) => silent.has(spot) && spot.plan.if === undefined && spot.plan.outcomes.length === 1;
  return (target) => {
    const { owner, needs } = target;
    const isSilent =
      (owner === undefined || saysNothing(owner)) &&
      needs.every(({ edges }) => edges.length !== 1 || saysNothing((edges[0] as SpotEdge).spot));
    if (isSilent) silent.add(target);
    return isSilent ? [] : claimsAt(target);
  };
}

function claimsAt(target: Spot): readonly Claim[] {
  const claims: Claim[] = [];
  const seen = new Set<Spot>([target]);
  for (const spot of seen) {
    if (seen.size > MOST_STEPS || claims.length >= MOST_CLAIMS) break;
    for (const { edges } of spot.needs) {
      const [edge, ...others] = edges;
      if (edge === undefined || others.length > 0 || seen.has(edge.spot)) continue;
      const ends = holding(edge);
      if (ends.includes("omitted") || ends.includes("cancelled")) continue;
      seen.add(edge.spot);
      claims.push(...claimsOf(edge.spot, ends));
    }
    const { owner } = spot;
    if (owner === undefined || owner.workflow !== target.workflow || seen.has(owner)) continue;
    seen.add(owner);
    if (owner.plan.if !== undefined) claims.push({ spot: owner });
  }
  return claims.slice(0, MOST_CLAIMS);
}

function claimsOf(spot: Spot, ends: readonly string[]): readonly Claim[] {
  const { plan } = spot;
  const [outcome] = ends;
  if (ends.length !== 1 || outcome === undefined || !plan.outcomes.includes(outcome)) return [];
  const named: Claim[] = plan.kind === "pure" && plan.outcomes.length > 1 ? [{ spot, outcome }] : [];
  return plan.if === undefined ? named : [...named, { spot }];
}
