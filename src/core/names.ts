import { errorJson } from "./errors.js";
import { Lazy, type Names, Timestamp, type Value } from "./expression/value.js";
import { placesOf } from "./graph.js";
import type { RunState, ScopeState, StageState } from "./state.js";

/** Names only some keys may use, such as `result` and `error`. */
export type Extra = Readonly<Record<string, Value>>;

const NONE: Extra = Object.freeze({});

/** What a stage's expressions may name: see docs/reference/language/expressions.md. */
export function namesOf(state: RunState, stage: StageState, extra: Extra = NONE): Names {
  return within(state, stage.scope, stage, extra);
}

/** The same, inside a graph: for the outputs of a group or workflow, where the inner stages are in scope. */
export function namesIn(state: RunState, scope: ScopeState, extra: Extra = NONE): Names {
  return within(state, scope, scope.owner, extra);
}

function within(state: RunState, scope: ScopeState, stage: StageState | null, extra: Extra): Names {
  const { frame } = scope;
  return (name) => {
    if (Object.hasOwn(extra, name)) return extra[name];
    switch (name) {
      case "inputs":
        return frame.inputs;
      case "state":
        return frame.values;
      case "stages":
        return new StagesView(scope);
      case "run":
        return runValue(state, scope);
      case "trigger":
        return state.trigger;
      default:
        return stage === null ? undefined : loopValue(stage, name, scope);
    }
  };
}

function runValue(state: RunState, { frame }: ScopeState): Value {
  const { id, version } = frame.workflow;
  const run = { id: state.id, workflow: id, version, startedAt: new Timestamp(state.startedAt) };
  return frame.ending === null ? run : { ...run, status: frame.ending };
}

/** `index`, `repeat` or the name of a forEach item, from the nearest stage around that has it. */
function loopValue(from: StageState, name: string, scope: ScopeState): Value | undefined {
  let at: StageState | null = from;
  while (at !== null && at.scope.frame === scope.frame) {
    const parent: StageState | null = at.parent;
    if (parent?.items && parent.plan.forEach) {
      if (name === "index") return at.position;
      if (name === parent.plan.forEach.as) return parent.items.values[at.position];
    }
    if (parent?.role === "loop" && name === "repeat") {
      return { index: at.position, previous: parent.previous ?? null };
    }
    at = parent ?? at.scope.owner;
  }
  return undefined;
}

/** `stages`: those of the graph, then those of the graphs around it, up to the workflow's own. */
class StagesView extends Lazy {
  readonly #scope: ScopeState;

  constructor(scope: ScopeState) {
    super();
    this.#scope = scope;
  }

  get(id: string): Value | undefined {
    for (const scope of around(this.#scope)) {
      const position = placesOf(scope.graph).get(id);
      if (position !== undefined) return new StageView(scope.stages[position] as StageState);
    }
    return undefined;
  }

  keys(): readonly string[] {
    return around(this.#scope).flatMap((scope) => [...placesOf(scope.graph).keys()]);
  }
}

function around(scope: ScopeState): ScopeState[] {
  const scopes = [scope];
  let at: ScopeState = scope;
  while (at !== at.frame.root && at !== at.frame.finally && at.owner !== null) {
    at = at.owner.scope;
    scopes.push(at);
  }
  if (at === at.frame.finally && at.frame.root !== null) scopes.push(at.frame.root);
  return scopes;
}

const STAGE_FIELDS = ["outputs", "outcome", "error", "attempts"] as const;

/** One stage as others read it. What has not ended has no outcome, outputs or error yet. */
class StageView extends Lazy {
  readonly #stage: StageState;

  constructor(stage: StageState) {
    super();
    this.#stage = stage;
  }

  get(key: string): Value | undefined {
    const stage = this.#stage;
    switch (key) {
      case "outputs":
        return stage.outputs;
      case "outcome":
        return stage.outcome ?? undefined;
      case "error":
        return stage.error === null ? undefined : errorJson(stage.error);
      case "attempts":
        return stage.attempts;
      default:
        return undefined;
    }
  }

  keys(): readonly string[] {
    return STAGE_FIELDS.filter((key) => this.get(key) !== undefined);
  }
}
