import type { Registry } from "../../plugin/registry.js";
import type { Findings } from "../findings.js";
import { BEGUN, outline } from "./forward.js";
import { infoOfSpot } from "./origin.js";
import { findMoment } from "./search.js";
import type { Space, Spot } from "./space.js";
import type { Policy } from "./written.js";

/** Steps of search for all rollbacks of a definition together; what is left then is not warned of. */
const MOST_STEPS = 50_000;

/** A stage that must be undoable is, in every part of it that changes something. */
export function checkCompensated(
  { id, stage, mustCompensate, path }: Policy,
  registry: Registry,
  findings: Findings,
): void {
  if (!mustCompensate || stage === undefined) return;
  const bare = changing(stage, registry);
  if (bare.length === 0) return;
  const names = bare.map(({ address }) => `\`${address}\``).join(", ");
  const place = { path: [...path, "mustCompensate"] };
  const help = "add `compensate: { uses: …, with: … }` that takes back what it did";
  findings.error("policy-compensate", place, `policy \`${id}\`: ${names} cannot be undone`, help);
}

/** Rollbacks that leave behind what nothing takes back. */
export function checkRollbacks(space: Space, registry: Registry, findings: Findings): void {
  const main = space.spots[0]?.workflow;
  const own = space.spots.filter(({ workflow, path }) => workflow === main && path[0] === "stages");
  const rollers = own.filter(({ plan }) => plan.onError.some((rule) => rule.do === "rollback"));
  if (rollers.length === 0) return;
  const bare = space.roots.filter(({ path }) => path[0] === "stages").flatMap((spot) => changing(spot, registry));
  const possible = outline(space, ({ ends }) => ({ ends, begins: true }));
  const steps = { left: MOST_STEPS };
  for (const roller of rollers) {
    const left = bare.filter((spot) => {
      if (spot === roller) return false;
      const demands = [
        { spot, among: spot.plan.outcomes },
        { spot: roller, among: [BEGUN] },
      ];
      return typeof findMoment(space, possible, demands, steps) === "object";
    });
    if (left.length === 0) continue;
    const names = left.map(({ address }) => `\`${address}\``).join(", ");
    const message = `a rollback from here leaves ${names} as it is: nothing undoes it`;
    const help = "give it a `compensate`, or say `# stagecraft-ignore rollback-gap` where that is meant";
    findings.warning("rollback-gap", { path: [...roller.path, "onError"], part: "key" }, message, help);
  }
}

/** What changes the world in it and has no `compensate`, neither its own nor one around it within the stage. */
function changing(spot: Spot, registry: Registry): readonly Spot[] {
  const { plan, inner } = spot;
  if (plan.compensate !== undefined) return [];
  if (inner.length > 0) return inner.flatMap((stage) => changing(stage, registry));
  const type = registry.stages.get(plan.uses);
  if (type?.kind !== "effect" || type.safeToRepeat === true) return [];
  const { leavesNothing } = type;
  const isTraceless = typeof leavesNothing === "function" ? leavesNothing(infoOfSpot(spot)) : leavesNothing === true;
  return isTraceless ? [] : [spot];
}
