import { StageError } from "../core/errors.js";
import type { Context } from "../core/evaluate.js";
import type { Event } from "../core/event.js";
import type { JsonObject } from "../core/json.js";
import { enqueueForPlace } from "../core/scope.js";
import { failed, succeeded } from "../core/settle.js";
import type { RunState, StageState } from "../core/state.js";
import type { StageResult, StageType } from "../plugin/api.js";
import { pureContext } from "./attempt.js";
import type { Host } from "./ports.js";
import { checkInput, checkOutput, toFailure, typeOf } from "./types.js";

/** The facts, once they are known: most pure stage types know them at once. */
type Facts = readonly Event[] | Promise<(context: Context) => readonly Event[]>;

/** Runs a pure stage type, or opens a wait. Nothing it throws gets out: it becomes the stage's failure. */
export function evaluateStage(
  host: Pick<Host, "registry" | "validate">,
  state: RunState,
  stage: StageState,
  input: JsonObject,
  context: Context,
): Facts {
  const fail = (thrown: unknown, at: Context) => failed(state, stage, toFailure(thrown), at);
  try {
    const type = typeOf(host.registry, stage.plan.uses);
    checkInput(type, input, host.validate);
    const pure = pureContext(state, stage, context.now);
    if (type.kind === "wait") return opened(state, stage, type.open(input, pure), context.now);
    if (type.kind !== "pure") throw new StageError("unusable-stage-type", `${type.name} is of kind ${type.kind}`);
    const finish = (result: StageResult, at: Context) => {
      const checked = checkOutput(type as StageType, stage.plan, stage.scope.frame.workflow, result, host.validate);
      return succeeded(state, stage, checked, at);
    };
    const result = type.run(input, pure);
    if (!(result instanceof Promise)) return finish(result, context);
    return result.then(
      (later) => (at: Context) => {
        try {
          return finish(later, at);
        } catch (thrown) {
          return fail(thrown, at);
        }
      },
      (thrown: unknown) => (at: Context) => fail(thrown, at),
    );
  } catch (thrown) {
    return fail(thrown, context);
  }
}

/** A wait for nothing but a time takes one of the run's places; without a free one it stays ready. */
function opened(
  state: RunState,
  stage: StageState,
  waiting: ReturnType<Extract<StageType, { kind: "wait" }>["open"]>,
  at: number,
) {
  if (!enqueueForPlace(state, stage, waiting)) return [];
  return [{ type: "stageWaiting" as const, at, stage: stage.path, waiting }];
}
