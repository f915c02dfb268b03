import { formatDuration } from "../../core/duration.js";
import type { RetryPlan, WorkflowPlan } from "../../core/plan.js";
import type { Registry } from "../../plugin/registry.js";
import type { Findings } from "../findings.js";
import { infoOfSpot } from "./origin.js";
import type { Space, Spot } from "./space.js";

/** Limits of time that another one makes void, and tries that do harm. */
export function checkTimes(space: Space, workflow: WorkflowPlan, registry: Registry, findings: Findings): void {
  const { timeout } = workflow;
  const longest = longestWay(space.roots, registry);
  if (timeout !== undefined && longest.time > timeout) {
    const message = `the run ends after ${formatDuration(timeout)}, and \`${longest.way.join(" → ")}\` may take ${formatDuration(longest.time)}`;
    const help = "give the run more time, or its stages less";
    findings.warning("timeout-too-short", { path: ["timeout"] }, message, help);
  }
  for (const spot of space.spots) if (spot.workflow === workflow) checkStage(spot, registry, findings);
}

function checkStage(spot: Spot, registry: Registry, findings: Findings): void {
  const { timeout, totalTimeout, retry } = spot.plan;
  if (timeout !== undefined && totalTimeout !== undefined && timeout > totalTimeout) {
    const message = `an attempt may take ${formatDuration(timeout)}, and the stage with all of them ends after ${formatDuration(totalTimeout)}`;
    findings.warning("timeout-too-short", { path: [...spot.path, "totalTimeout"] }, message, "make it longer");
  }
  const type = registry.stages.get(spot.plan.uses);
  if (retry === undefined || retry.maxAttempts < 2 || type?.kind !== "effect") return;
  const { repeats } = type;
  if (!(typeof repeats === "function" ? repeats(infoOfSpot(spot)) : repeats === true)) return;
  const message = `\`${spot.plan.id}\` may do its work up to ${retry.maxAttempts} times: what went through before a failure stays`;
  const help = "remove the retry, or do it in a way that may be repeated";
  // The retry may come from `defaults`.
  findings.warning("retry-repeats", { path: spot.path, part: "key" }, message, help);
}

interface Way {
  /** Milliseconds, of what has a limit. */
  readonly time: number;
  readonly way: readonly string[];
}

const NOWHERE: Way = { time: 0, way: [] };

/** The way through a graph that may take longest; `list` has each stage after all it needs. */
function longestWay(list: readonly Spot[], registry: Registry): Way {
  const known = new Map<Spot, Way>();
  let longest = NOWHERE;
  for (const spot of list) {
    let way = NOWHERE;
    for (const { edges } of spot.needs) {
      for (const edge of edges) {
        const before = known.get(edge.spot) ?? NOWHERE;
        if (before.time > way.time) way = before;
      }
    }
    const time = timeOf(spot, registry);
    if (time > 0) way = { time: way.time + time, way: [...way.way.slice(-MOST_SHOWN), spot.plan.id] };
    known.set(spot, way);
    if (way.time > longest.time) longest = way;
  }
  return longest;
}

/** Stages of a way that are named, the last ones. */
const MOST_SHOWN = 7;

/** The most a stage takes, as far as it is limited; zero for the rest. Of several items it counts one. */
function timeOf(spot: Spot, registry: Registry): number {
  const { plan } = spot;
  const rounds = plan.repeat?.maxIterations ?? 1;
  const tries = plan.retry?.maxAttempts ?? 1;
  const once = Math.min(plan.timeout ?? Number.POSITIVE_INFINITY, unlimited(spot, registry) ?? plan.timeout ?? 0);
  const between = plan.repeat === undefined ? 0 : plan.repeat.delay * (rounds - 1);
  const whole = rounds * (once * tries + delaysOf(plan.retry)) + between;
  return Math.min(plan.totalTimeout ?? Number.POSITIVE_INFINITY, whole);
}

/** What it takes when nothing cuts it short; undefined: not known. */
function unlimited(spot: Spot, registry: Registry): number | undefined {
  if (spot.inner.length > 0) return longestWay(spot.inner, registry).time;
  const type = registry.stages.get(spot.plan.uses);
  return type?.kind === "wait" ? (type.lasts?.(infoOfSpot(spot)) ?? 0) : undefined;
}

function delaysOf(retry: RetryPlan | undefined): number {
  if (retry === undefined) return 0;
  const { maxAttempts, delay, backoff, factor, maxDelay } = retry;
  let sum = 0;
  for (let failures = 1; failures < Math.min(maxAttempts, 1_000); failures += 1) {
    sum += Math.min(backoff === "exponential" ? delay * factor ** (failures - 1) : delay, maxDelay);
  }
  return sum;
}
