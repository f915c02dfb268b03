import { bug } from "../errors.js";
import { indexOf } from "../graph.js";
import { Heap } from "../heap.js";
import type { Graph, Plan } from "../plan.js";
import { Queue } from "../queue.js";
import { enqueue, pushTimer, roleOf } from "../scope.js";
import type { Frame, RunState, ScopeState, StageState } from "../state.js";
import type { Frozen, FrozenFrame, FrozenStage, More } from "./format.js";
import { pathOf } from "./freeze.js";

/** The state that `freeze` was given. @throws anything, where `frozen` is not of its making or of another plan */
export function thaw(plan: Plan, frozen: Frozen): RunState {
  const thawing = new Thawing(plan, frozen);
  const { run } = frozen;
  const stages = thawing.stages();
  const at = (number: number) => present(stages[number]);
  const { rollback } = run;
  const state: RunState = {
    ...run,
    plan,
    frame: thawing.frame(0),
    rollback:
      rollback === null
        ? null
        : {
            ...rollback,
            current: rollback.current < 0 ? null : at(rollback.current),
            isDue: false,
            left: [...rollback.left],
          },
    counts: { ...run.counts },
    raised: { ...run.raised },
    stages: byPath(stages),
    ready: new Heap(),
    readyEffects: new Heap(),
    dead: new Queue(),
    attention: new Queue(),
    doomed: new Queue(),
    notices: new Queue(),
    timers: new Heap(),
    waits: new Set(frozen.waits.map(at)),
    queued: new Set(frozen.queued.map(at)),
    undoable: frozen.undoable.map(at),
    stuck: frozen.stuck.map(at),
  };
  for (const number of frozen.dead) state.dead.push(at(number));
  for (const number of frozen.doomed) state.doomed.push(at(number));
  for (const stage of state.waits) {
    for (const about of stage.nudges?.unsaid ?? []) state.notices.push({ stage, attempt: stage.attempts, about });
  }
  for (const [kind, due, stage, attempt, outcome] of frozen.timers)
    state.timers.push(due, { kind, at: due, stage: stage < 0 ? null : at(stage), attempt, outcome });
  for (const stage of stages) requeue(state, stage);
  requeueUndo(state);
  return state;
}

function byPath(stages: readonly StageState[]): Map<StageState["path"], StageState> {
  const found = new Map<StageState["path"], StageState>();
  for (const stage of stages) found.set(stage.path, stage);
  return found;
}

/** Its time may have come in vain already: by another clock it is still to come. */
function requeueUndo(state: RunState): void {
  if (state.rollback === null) return;
  const { current, running, timeoutAt, retryAt } = state.rollback;
  const at = running ? timeoutAt : retryAt;
  if (current !== null && at !== null) pushTimer(state, "undo", at, current);
}

/** Puts a stage where `decide` finds it: what has been looked at in vain before is looked at once more. */
function requeue(state: RunState, stage: StageState): void {
  switch (stage.status) {
    case "ready":
      return enqueue(state, stage);
    case "open":
      return state.attention.push(stage);
    case "retrying":
      if (stage.retryAt !== null) pushTimer(state, "retry", stage.retryAt, stage);
      return;
    case "waiting":
      for (const timer of stage.waiting?.timers ?? []) pushTimer(state, "wait", timer.at, stage, timer.outcome);
      if (stage.nudges?.remindAt) pushTimer(state, "remind", stage.nudges.remindAt, stage);
      if (stage.nudges?.escalateAt) pushTimer(state, "escalate", stage.nudges.escalateAt, stage);
  }
}

const NOTHING_MORE: More = {};

function moment(began: number, since: number | null): number | null {
  return since === null ? null : since + began;
}

/** Stages come before the scopes and frames inside them, so these are made when they are first asked for. */
class Thawing {
  readonly #plan: Plan;
  readonly #frozen: Frozen;
  readonly #stages: StageState[] = [];
  readonly #scopes: ScopeState[] = [];
  readonly #frames: Frame[] = [];

  constructor(plan: Plan, frozen: Frozen) {
    this.#plan = plan;
    this.#frozen = frozen;
  }

  stages(): readonly StageState[] {
    for (const row of this.#frozen.stages) {
      const stage = this.#stage(row);
      this.#stages.push(stage);
      if (stage.parent === null) stage.scope.stages.push(stage);
      else if (stage.parent.role === "loop") stage.parent.iteration = stage;
      else present(stage.parent.items).states.push(stage);
    }
    this.#frozen.stages.forEach((row, at) => {
      const inner = row[11]?.inner;
      if (inner !== undefined) present(this.#stages[at]).inner = this.#scope(inner);
    });
    for (const [at, { root, finally: last }] of this.#frozen.frames.entries()) {
      const frame = this.frame(at);
      frame.root = root < 0 ? null : this.#scope(root);
      frame.finally = last < 0 ? null : this.#scope(last);
    }
    return this.#stages;
  }

  /** There are very many, and taking a list apart by a pattern takes five times as long as asking by place. */
  #stage(row: FrozenStage): StageState {
    const scope = this.#scope(row[0]);
    const plan = present(scope.graph.stages[row[1]]);
    const parent = row[2] < 0 ? null : present(this.#stages[row[2]]);
    const position = row[3];
    const more = row[11] ?? NOTHING_MORE;
    const { items } = more;
    const began = this.#frozen.run.startedAt;
    return {
      plan,
      path: pathOf(scope.prefix, plan.id, parent, position),
      role: roleOf(plan, parent),
      scope,
      parent,
      position,
      order: this.#stages.length,
      status: row[4],
      undecided: row[5],
      tallies: more.tallies ?? null,
      attempts: row[6],
      failures: more.failures ?? 0,
      losses: more.losses ?? 0,
      startedAt: moment(began, row[7]),
      attemptAt: moment(began, row[8]),
      endedAt: moment(began, row[9]),
      retryAt: more.retryAt ?? null,
      totalAt: more.totalAt ?? null,
      outcome: row[10],
      outputs: more.outputs,
      result: more.result,
      error: more.error ?? null,
      explain: more.explain,
      usage: more.usage ?? null,
      waiting: more.waiting ?? null,
      queue: more.queue ?? null,
      queuedAt: more.queuedAt ?? null,
      decisions: more.decisions ?? null,
      nudges: more.nudges ?? null,
      records: more.records === undefined ? null : new Map(more.records),
      items: items === undefined ? null : { ...items, states: [] },
      iteration: null,
      previous: more.previous,
      inner: null,
      doom: more.doom ?? null,
    };
  }

  #scope(number: number): ScopeState {
    let scope = this.#scopes[number];
    if (scope === undefined) {
      const [kind, ownerNumber, frameNumber, prefix, open, closing, failure] = present(this.#frozen.scopes[number]);
      const owner = this.#owner(ownerNumber);
      const frame = this.frame(frameNumber);
      const { workflow } = frame;
      const graph = { main: workflow.graph, finally: workflow.finally, group: owner?.plan.graph }[kind];
      scope = { ...of(graph), stages: [], owner, frame, prefix, open, closing, failure };
      this.#scopes[number] = scope;
    }
    return scope;
  }

  frame(number: number): Frame {
    let frame = this.#frames[number];
    if (frame === undefined) {
      const frozen: FrozenFrame = present(this.#frozen.frames[number]);
      const { calls, inputs, fate, ending, rounds } = frozen;
      const workflow = calls === null ? this.#plan.workflow : present(this.#plan.called[calls]);
      const values = Object.assign(Object.create(null), frozen.values) as Frame["values"];
      const owner = this.#owner(frozen.owner);
      frame = { workflow, inputs, values, owner, root: null, fate, finally: null, ending, rounds };
      this.#frames[number] = frame;
    }
    return frame;
  }

  #owner(number: number): StageState | null {
    return number < 0 ? null : present(this.#stages[number]);
  }
}

function of(graph: Graph | undefined): Pick<ScopeState, "graph" | "index"> {
  return { graph: present(graph), index: indexOf(present(graph)) };
}

function present<T>(thing: T | null | undefined): T {
  if (thing === undefined || thing === null) throw bug("a snapshot refers to what is not there");
  return thing;
}
