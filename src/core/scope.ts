import type { EndStatus, Event, Waiting } from "./event.js";
import { indexOf } from "./graph.js";
import { Heap } from "./heap.js";
import type { Json, JsonObject } from "./json.js";
import type { Graph, Plan, StagePlan, WorkflowPlan } from "./plan.js";
import { Queue } from "./queue.js";
import type { Frame, Role, RunState, ScopeState, StageState, TimerKind } from "./state.js";

/** The state a journal starts from: nothing but `runStarted` has happened. */
export function openRun(plan: Plan, event: Extract<Event, { type: "runStarted" }>): RunState {
  const frame = openFrame(plan.workflow, event.inputs, null);
  const state: RunState = {
    plan,
    id: event.run,
    startedAt: event.at,
    by: event.by,
    provider: event.provider ?? null,
    trigger: event.trigger ?? null,
    traceparent: event.traceparent ?? null,
    parent: event.parent ?? null,
    frame,
    phase: "main",
    paused: null,
    raised: { usd: 0, tokens: 0 },
    cancelled: null,
    rollback: null,
    end: null,
    stages: new Map(),
    ready: new Heap(),
    readyEffects: new Heap(),
    dead: new Queue(),
    attention: new Queue(),
    doomed: new Queue(),
    notices: new Queue(),
    timers: new Heap(),
    waits: new Set(),
    queued: new Set(),
    undoable: [],
    stuck: [],
    deadline: null,
    active: 0,
    counts: { ended: 0, failed: 0 },
    order: 0,
  };
  setDeadline(state, event.at);
  frame.root = openScope(state, plan.workflow.graph, null, frame, "");
  return state;
}

/** The run's time begins to count. */
export function setDeadline(state: RunState, from: number): void {
  const { timeout } = state.plan.workflow;
  if (timeout === undefined) return;
  state.deadline = from + timeout;
  pushTimer(state, "run", state.deadline, null);
}

export function openFrame(workflow: WorkflowPlan, inputs: JsonObject, owner: StageState | null): Frame {
  const values: Record<string, Json> = Object.create(null);
  for (const [name, field] of Object.entries(workflow.state)) {
    const initial = field.schema["default"];
    if (initial !== undefined) values[name] = initial;
  }
  return { workflow, inputs, values, owner, root: null, fate: null, finally: null, ending: null, rounds: 0 };
}

/** Opens the `finally` graph of a frame that is about to end with `status`. */
export function openFinally(state: RunState, frame: Frame, status: EndStatus): void {
  const { owner, workflow } = frame;
  frame.rounds += 1;
  const again = frame.rounds > 1 ? `~${frame.rounds}` : "";
  const prefix = `${owner?.inner?.prefix ?? ""}finally${again}/`;
  frame.ending = status;
  frame.finally = openScope(state, workflow.finally ?? { stages: [] }, owner, frame, prefix);
}

/** Creates the scope and its stages; those that need nothing are ready at once. */
export function openScope(
  state: RunState,
  graph: Graph,
  owner: StageState | null,
  frame: Frame,
  prefix: string,
): ScopeState {
  const scope: ScopeState = {
    graph,
    index: indexOf(graph),
    stages: [],
    owner,
    frame,
    prefix,
    open: graph.stages.length,
    failure: null,
    closing: false,
  };
  for (const plan of graph.stages) {
    scope.stages.push(openStage(state, plan, scope, `${prefix}${plan.id}`, null, -1));
  }
  for (const stage of scope.stages) if (stage.undecided === 0) makeReady(state, stage);
  return scope;
}

export function openStage(
  state: RunState,
  plan: StagePlan,
  scope: ScopeState,
  path: string,
  parent: StageState | null,
  position: number,
): StageState {
  const stage: StageState = {
    plan,
    path,
    role: roleOf(plan, parent),
    scope,
    parent,
    position,
    order: state.order++,
    status: "pending",
    undecided: parent === null ? plan.needs.length : 0,
    tallies: null,
    attempts: 0,
    failures: 0,
    losses: 0,
    startedAt: null,
    attemptAt: null,
    endedAt: null,
    retryAt: null,
    totalAt: null,
    outcome: null,
    outputs: undefined,
    result: undefined,
    error: null,
    explain: undefined,
    usage: null,
    waiting: null,
    queue: null,
    queuedAt: null,
    decisions: null,
    nudges: null,
    records: null,
    items: null,
    iteration: null,
    previous: undefined,
    inner: null,
    doom: null,
  };
  state.stages.set(path, stage);
  return stage;
}

export function roleOf(plan: StagePlan, parent: StageState | null): Role {
  if (parent === null && plan.forEach !== undefined) return "each";
  if (parent?.role !== "loop" && plan.repeat !== undefined) return "loop";
  return "body";
}

export function makeReady(state: RunState, stage: StageState): void {
  stage.status = "ready";
  enqueue(state, stage);
}

/** Puts a stage that is ready, or whose retry has come, among those `decide` takes from. */
export function enqueue(state: RunState, stage: StageState): void {
  const isEffect = stage.role === "body" && stage.plan.kind === "effect";
  (isEffect ? state.readyEffects : state.ready).push(turnOf(stage), stage);
}

/** More than any run has stage instances. */
const PER_PRIORITY = 2 ** 32;

/** What ready stages are ordered by: the higher priority, then the place in the file. */
function turnOf(stage: StageState): number {
  return stage.order - priorityOf(stage) * PER_PRIORITY;
}

/** Its own, or that of the nearest group or sub-workflow around it that has one. */
export function priorityOf(stage: StageState): number {
  for (let at: StageState | null = stage; at !== null; at = at.scope.owner) {
    const { priority } = at.plan;
    if (priority !== undefined) return priority;
  }
  return 0;
}

/** Opens item `position` of an `each`. */
export function openItem(state: RunState, each: StageState, position: number): void {
  const item = openStage(state, each.plan, each.scope, `${each.path}[${position}]`, each, position);
  each.items?.states.push(item);
  makeReady(state, item);
}

/** Opens an iteration of a `loop`; it starts at `startAt`. */
export function openIteration(state: RunState, loop: StageState, position: number, startAt: number, now: number): void {
  const iteration = openStage(state, loop.plan, loop.scope, `${loop.path}#${position}`, loop, position);
  loop.previous = loop.iteration?.outputs;
  loop.iteration = iteration;
  if (startAt <= now) {
    makeReady(state, iteration);
  } else {
    iteration.status = "retrying";
    iteration.retryAt = startAt;
    pushTimer(state, "iteration", startAt, iteration);
  }
}

/** Its whole time counts from when it first could have started, or could again when a person gave it another try. */
export function beginTotal(state: RunState, stage: StageState, at: number): void {
  const { totalTimeout } = stage.plan;
  if (stage.parent !== null || totalTimeout === undefined || stage.totalAt !== null) return;
  stage.totalAt = at + totalTimeout;
  pushTimer(state, "total", stage.totalAt, stage);
}

/** The time of an attempt, and the whole time of its stage. */
export function beginTimes(state: RunState, stage: StageState, at: number): void {
  const { timeout, kind } = stage.plan;
  stage.attemptAt = at;
  beginTotal(state, stage, at);
  if (stage.role === "body" && timeout !== undefined && kind !== "wait")
    pushTimer(state, "attempt", at + timeout, stage);
}

export function pushTimer(
  state: RunState,
  kind: TimerKind,
  at: number,
  stage: StageState | null,
  outcome: string | null = null,
): void {
  state.timers.push(at, { kind, at, stage, attempt: stage?.attempts ?? 0, outcome });
}

/** True: the wait may begin. False: no place is free for it, and it is queued among those that need one. */
export function enqueueForPlace(state: RunState, stage: StageState, waiting: Waiting): boolean {
  const isTimed = waiting.approval === undefined && waiting.event === undefined;
  if (!isTimed || state.active < state.plan.workflow.maxParallel) return true;
  state.readyEffects.push(turnOf(stage), stage);
  return false;
}

/** Does a waiting stage take one of the run's `maxParallel` places? One that waits for people or events may last days. */
export function takesPlace(stage: StageState): boolean {
  return stage.waiting !== null && stage.waiting.approval === undefined && stage.waiting.event === undefined;
}

/** Everything in it that has not ended is to be cancelled; ends inside no longer travel along edges. */
export function closeScope(state: RunState, scope: ScopeState): void {
  scope.closing = true;
  for (const stage of scope.stages) if (stage.status !== "ended") state.doomed.push(stage);
}

/** The stages directly below an open one: items, an iteration, or the stages of its scope. */
export function childrenOf(stage: StageState): readonly StageState[] {
  if (stage.items !== null) return stage.items.states;
  if (stage.iteration !== null) return [stage.iteration];
  return stage.inner?.stages ?? [];
}
