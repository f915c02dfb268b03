import { Heap } from "../../src/core/heap.js";
import { isPending } from "../../src/core/nudge.js";
import { Queue } from "../../src/core/queue.js";
import type { Frame, RunState, ScopeState } from "../../src/core/state.js";
import { isLive } from "../../src/core/timers.js";

/**
 * Where two states differ, as a path into them, or undefined. Goes through everything that can be reached, so that a field
 * nobody thought of is seen; queues are compared by what `decide` would find in them.
 */
export function difference(a: RunState, b: RunState): string | undefined {
  const inQueues = differs([...queued(a)], [...queued(b)], "queues", new Map());
  return differs(a, b, "state", new Map()) ?? inQueues;
}

/** An iteration that waits for its time and a retry are the same to a timer. */
const SAME_KIND: Readonly<Record<string, string>> = { iteration: "retry" };

function queued(state: RunState): Set<string> {
  const lines = new Set<string>();
  for (const stage of state.ready) if (stage.status === "ready") lines.add(`ready ${stage.path}`);
  for (const stage of state.readyEffects) if (stage.status === "ready") lines.add(`ready ${stage.path}`);
  for (const stage of state.dead) if (stage.status === "pending") lines.add(`dead ${stage.path}`);
  for (const notice of state.notices) if (isPending(notice)) lines.add(`notice ${notice.stage.path} ${notice.about}`);
  for (const timer of state.timers) {
    const { kind, at, stage, outcome } = timer;
    if (isLive(state, timer)) lines.add(`timer ${SAME_KIND[kind] ?? kind} ${at} ${stage?.path} ${outcome}`);
  }
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

/**
 * Notes of every field of every kind of thing a state is made of whether it ever had something in it: `stage.usage`.
 * What never had is a field that no comparison of states has looked at.
 */
export function noteFields(state: RunState, notes: Map<string, boolean>): void {
  const note = (kind: string, thing: object | null) => {
    for (const [key, value] of Object.entries(thing ?? {})) {
      const name = `${kind}.${key}`;
      notes.set(name, notes.get(name) === true || isFilled(value));
    }
  };
  const scopes = new Set<ScopeState>();
  const frames = new Set<Frame>([state.frame]);
  note("run", state);
  note("rollback", state.rollback);
  for (const stage of state.stages.values()) {
    note("stage", stage);
    note("items", stage.items);
    note("nudges", stage.nudges);
    scopes.add(stage.scope);
    frames.add(stage.scope.frame);
  }
  for (const scope of scopes) note("scope", scope);
  for (const frame of frames) note("frame", frame);
}

function isFilled(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return Boolean(value);
  if (Symbol.iterator in value) return [...(value as Iterable<unknown>)].length > 0;
  return Object.values(value).some(isFilled);
}
