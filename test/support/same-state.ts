import { Heap } from "../../src/core/heap.js";
import { Queue } from "../../src/core/queue.js";
import { freeze } from "../../src/core/snapshot/freeze.js";
import type { RunState } from "../../src/core/state.js";

/**
 * Where two states differ, as a path into them, or undefined. Goes through everything that can be reached, so that a field
 * nobody thought of is seen; queues are compared by what `decide` would find in them.
 */
export function difference(a: RunState, b: RunState): string | undefined {
  const inQueues = differs([...queued(a)], [...queued(b)], "queues", new Map());
  return differs(a, b, "state", new Map()) ?? inQueues;
}

function queued(state: RunState): Set<string> {
  const frozen = freeze(state);
  const lines = new Set<string>();
  for (const stage of state.ready) if (stage.status === "ready") lines.add(`ready ${stage.path}`);
  for (const stage of state.readyEffects) if (stage.status === "ready") lines.add(`ready ${stage.path}`);
  for (const at of frozen?.dead ?? []) lines.add(`dead ${at}`);
  for (const timer of frozen?.timers ?? []) lines.add(`timer ${timer.join(" ")}`);
  return new Set([...lines].sort());
}

function differs(a: unknown, b: unknown, where: string, seen: Map<object, object>): string | undefined {
  if (Object.is(a, b)) return undefined;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return `${where}: ${String(a)} and ${String(b)}`;
  }
  if (seen.has(a)) return seen.get(a) === b ? undefined : `${where}: not the same thing`;
  seen.set(a, b);
  if (a instanceof Heap || a instanceof Queue) return undefined;
  if (a instanceof Set && b instanceof Set) return differs([...a], [...b], where, seen);
  if (a instanceof Map && b instanceof Map) return differs([...a], [...b], where, seen);
  if (Array.isArray(a) !== Array.isArray(b)) return `${where}: a list and none`;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = differs(Reflect.get(a, key), Reflect.get(b, key), `${where}.${key}`, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}
