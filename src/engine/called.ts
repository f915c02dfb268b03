import { StagecraftError, StageError } from "../core/errors.js";
import { Unevaluable } from "../core/evaluate.js";
import type { JsonObject, JsonSchema } from "../core/json.js";
import type { WorkflowPlan } from "../core/plan.js";
import { filledInputs } from "../core/start.js";
import type { RunState, StageState } from "../core/state.js";
import type { Tool } from "../plugin/api.js";
import type { Host, RunRow } from "./ports.js";

/** How often a run that waits, or that another process drives, is looked at: milliseconds. */
const LOOK_MS = 500;

/** Starts the run of a key, the same one however often it is asked to, and takes it as far as it goes now. */
export type TakeOn = (inputs: JsonObject, key: string, signal: AbortSignal) => Promise<RunRow>;

/**
 * A workflow as a tool: each call is a run of its own, started once whatever crashes, and its outputs are the answer.
 * @throws StageError `workflow-failed` from a call whose run does not succeed
 */
export function workflowTool(
  host: Host,
  state: RunState,
  stage: StageState,
  workflow: WorkflowPlan,
  takeOn: TakeOn,
): Tool {
  const { id, title } = workflow;
  return {
    name: `workflow.${id}`,
    description: `Runs the workflow ${title ?? id} and gives its outputs.`,
    input: inputSchema(workflow),
    async run(given, context) {
      const inputs = inputsOf(host, workflow, given);
      const key = `called ${state.id}/${stage.path} ${context.idempotencyKey}`;
      for (;;) {
        const run = await takeOn(inputs, key, context.signal);
        context.signal.throwIfAborted();
        if (run.endedAt === null) {
          context.progress(`waits for run ${run.id} of ${id}`);
          await pause(host, context.signal);
        } else if (run.status === "succeeded") return run.outputs ?? {};
        else
          throw new StageError("workflow-failed", `run ${run.id} of ${id} ${run.status}: ${run.error?.message ?? ""}`);
      }
    },
  };
}

function inputSchema({ inputs, optional }: WorkflowPlan): JsonSchema {
  const required = Object.keys(inputs).filter(
    (name) => !optional.includes(name) && !("default" in (inputs[name] ?? {})),
  );
  return { type: "object", additionalProperties: false, required, properties: inputs };
}

function inputsOf(host: Host, workflow: WorkflowPlan, given: JsonObject): JsonObject {
  try {
    return filledInputs(workflow, given, host.validate, "the call");
  } catch (error) {
    if (error instanceof Unevaluable) throw new StageError(error.failure.code, error.failure.message);
    throw error;
  }
}

function pause({ clock }: Host, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.at(clock.now() + LOOK_MS, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** What starting a run is refused with, as a failure of the stage that wanted it. */
export function asStageError(error: unknown): unknown {
  if (!(error instanceof StagecraftError) || error.kind === "bug") return error;
  // A group that is full will have room again.
  return new StageError(error.code, error.message, { retryable: error.kind !== "usage" });
}
