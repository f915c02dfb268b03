import type { Frame, Rollback, RunState, ScopeState, StageState, TimerKind } from "../state.js";
import { isLive } from "../timers.js";
import type {
  Frozen,
  FrozenFrame,
  FrozenRollback,
  FrozenScope,
  FrozenStage,
  FrozenTimer,
  GraphKind,
  More,
} from "./format.js";

/** The others are those of stages that retry or wait, and come again from what the stages say. */
const KEPT_TIMERS: ReadonlySet<TimerKind> = new Set(["attempt", "total", "run"]);

/**
 * The state as JSON, or undefined where it has a shape that `thaw` would not give back. Queues are left out as far as the
 * stages tell them: `decide` may have taken from one what is not recorded yet.
 */
export function freeze(state: RunState): Frozen | undefined {
  const stages = [...state.stages.values()];
  const isInOrder = stages.length === state.order && stages.every(({ order }, at) => order === at);
  if (!isInOrder) return undefined;
  const ids = new Ids(state);
  const rows = stages.map((stage) => freezeStage(state, stage, ids));
  if (!stages.every(isNamedByPlace)) return undefined;
  const { rollback } = state;
  const {
    id,
    startedAt,
    by,
    provider,
    trigger,
    traceparent,
    parent,
    phase,
    paused,
    raised,
    cancelled,
    end,
    deadline,
    active,
    counts,
    order,
  } = state;
  const frozen = {
    run: {
      ...{
        id,
        startedAt,
        by,
        provider,
        trigger,
        traceparent,
        parent,
        phase,
        paused,
        raised,
        cancelled,
        end,
        deadline,
        active,
        counts,
        order,
      },
      rollback: rollback === null ? null : freezeRollback(rollback),
    },
    stages: rows,
    waits: [...state.waits].map(numberOf),
    queued: [...state.queued].map(numberOf),
    undoable: state.undoable.map(numberOf),
    stuck: state.stuck.map(numberOf),
    dead: [...state.dead].filter(({ status }) => status === "pending").map(numberOf),
    doomed: [...state.doomed].filter(({ status }) => status !== "ended").map(numberOf),
    timers: timersOf(state),
  };
  // Last: naming one scope or frame may lead to another.
  return { ...frozen, ...ids.frozen() };
}

function freezeRollback({ isDue: _, ...rollback }: Rollback): FrozenRollback {
  return { ...rollback, current: numberOf(rollback.current) };
}

function numberOf(stage: StageState | null): number {
  return stage?.order ?? -1;
}

function isNamedByPlace({ scope, plan, parent, path, position }: StageState): boolean {
  return path === pathOf(scope.prefix, plan.id, parent, position);
}

/** The path of a stage follows from where it is. */
export function pathOf(prefix: string, id: string, parent: StageState | null, position: number): string {
  if (parent === null) return prefix + id;
  return parent.role === "each" ? `${parent.path}[${position}]` : `${parent.path}#${position}`;
}

function timersOf(state: RunState): FrozenTimer[] {
  const live = [...state.timers].filter((timer) => KEPT_TIMERS.has(timer.kind) && isLive(state, timer));
  return live.map(({ kind, at, stage, attempt, outcome }) => [kind, at, numberOf(stage), attempt, outcome]);
}

function freezeStage(state: RunState, stage: StageState, ids: Ids): FrozenStage {
  const since = (at: number | null) => (at === null ? null : at - state.startedAt);
  const more = moreOf(stage, ids);
  const row: FrozenStage = [
    ids.scope(stage.scope),
    stage.plan.index,
    numberOf(stage.parent),
    stage.position,
    stage.status,
    stage.undecided,
    stage.attempts,
    since(stage.startedAt),
    since(stage.attemptAt),
    since(stage.endedAt),
    stage.outcome,
  ];
  for (const _ in more) return [...row, more] as unknown as FrozenStage;
  return row;
}

function moreOf(stage: StageState, ids: Ids): More {
  const more: More = {};
  if (stage.outputs !== undefined) more.outputs = stage.outputs;
  if (stage.result !== undefined) more.result = stage.result;
  if (stage.error !== null) more.error = stage.error;
  if (stage.explain !== undefined) more.explain = stage.explain;
  if (stage.usage !== null) more.usage = stage.usage;
  if (stage.waiting !== null) more.waiting = stage.waiting;
  if (stage.decisions !== null) more.decisions = stage.decisions;
  if (stage.nudges !== null) more.nudges = { ...stage.nudges };
  if (stage.records !== null) more.records = [...stage.records];
  if (stage.previous !== undefined) more.previous = stage.previous;
  if (stage.inner !== null) more.inner = ids.scope(stage.inner);
  if (stage.doom !== null) more.doom = stage.doom;
  if (stage.tallies !== null) more.tallies = stage.tallies;
  if (stage.failures > 0) more.failures = stage.failures;
  if (stage.losses > 0) more.losses = stage.losses;
  if (stage.retryAt !== null) more.retryAt = stage.retryAt;
  if (stage.totalAt !== null) more.totalAt = stage.totalAt;
  if (stage.queue !== null) more.queue = stage.queue;
  if (stage.queuedAt !== null) more.queuedAt = stage.queuedAt;
  if (stage.items !== null) {
    const { values, ended, succeeded, failed } = stage.items;
    more.items = { values, ended, succeeded, failed };
  }
  return more;
}

/** Numbers for scopes and frames, in the order in which they are met. */
class Ids {
  readonly #state: RunState;
  readonly #scopes = new Map<ScopeState, number>();
  readonly #frames = new Map<Frame, number>();

  constructor(state: RunState) {
    this.#state = state;
    this.#frame(state.frame);
  }

  scope(scope: ScopeState | null): number {
    return scope === null ? -1 : numbered(this.#scopes, scope);
  }

  #frame(frame: Frame): number {
    return numbered(this.#frames, frame);
  }

  frozen(): Pick<Frozen, "scopes" | "frames"> {
    const scopes: FrozenScope[] = [];
    const frames: FrozenFrame[] = [];
    // Both maps grow while they are gone through, and a Map's iterator sees what is added.
    for (let before = -1; before < this.#scopes.size + this.#frames.size; ) {
      before = this.#scopes.size + this.#frames.size;
      for (const scope of [...this.#scopes.keys()].slice(scopes.length)) scopes.push(this.#freezeScope(scope));
      for (const frame of [...this.#frames.keys()].slice(frames.length)) frames.push(this.#freezeFrame(frame));
    }
    return { scopes, frames };
  }

  #freezeScope({ graph, owner, frame, prefix, open, closing, failure }: ScopeState): FrozenScope {
    const { workflow } = frame;
    const kind: GraphKind = graph === workflow.graph ? "main" : graph === workflow.finally ? "finally" : "group";
    return [kind, numberOf(owner), this.#frame(frame), prefix, open, closing, failure];
  }

  #freezeFrame(frame: Frame): FrozenFrame {
    const { inputs, values, owner, root, fate, ending, rounds } = frame;
    return {
      calls: frame === this.#state.frame ? null : (owner?.plan.calls ?? null),
      owner: numberOf(owner),
      root: this.scope(root),
      finally: this.scope(frame.finally),
      ...{ inputs, values, fate, ending, rounds },
    };
  }
}

function numbered<T>(numbers: Map<T, number>, thing: T): number {
  let number = numbers.get(thing);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(thing, number);
  }
  return number;
}
