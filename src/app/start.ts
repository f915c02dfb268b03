import type { Actor } from "../core/approval.js";
import { StagecraftError } from "../core/errors.js";
import { canonicalText, type Json, type JsonObject } from "../core/json.js";
import type { Plan } from "../core/plan.js";
import { checkInputs } from "../definition/index.js";
import type { Engine } from "../engine/engine.js";
import type { RunRow, Store, StoredDefinition } from "../engine/ports.js";
import type { LoadedDefinition } from "./definitions.js";
import { sha256, wallClock } from "./host.js";
import { givenTo, refuseErased } from "./runs.js";

export interface StartOptions {
  readonly inputs: JsonObject;
  readonly by: Actor;
  readonly provider?: string;
  /** -1000 to 1000, in the place of the definition's. */
  readonly priority?: number;
  /** What set it off; its expressions read it as `trigger`. */
  readonly trigger?: Json;
  /** The caller's place in a trace, as W3C Trace Context writes it: the run becomes a part of that. */
  readonly traceparent?: string;
  /** The same key twice starts one run. One that the definition makes of the inputs goes before it. */
  readonly idempotencyKey?: string;
}

export interface Started {
  readonly run: RunRow;
  /** False: the key was used before, and this is the run that has it. */
  readonly created: boolean;
}

export interface ForkOptions {
  /** Instead of those of the first run, by name. */
  readonly inputs?: JsonObject;
  readonly by: Actor;
}

/** Created and durable, not yet driven. @throws StagecraftError `invalid-definition`, `invalid-input`, `key-reused` */
export async function startRun(
  definition: LoadedDefinition,
  options: StartOptions,
  open: () => Promise<{ readonly engine: Engine; readonly store: Store }>,
): Promise<Started> {
  const plan = planOf(definition);
  const inputs = checkedInputs(plan, options.inputs);
  // Nothing is opened for what is refused.
  const { engine, store } = await open();
  const started = await engine.start(storedOf(plan, definition.text), { ...options, inputs, by: options.by.user });
  if (!started.created && plan.workflow.idempotencyKey === undefined) await checkSame(store, started.run, inputs);
  return started;
}

/** A second run from a stage of the first on. @throws StagecraftError `invalid-input`, `run-erased`, and as the engine's */
export async function forkRun(
  { engine, store }: { readonly engine: Engine; readonly store: Store },
  run: string,
  stage: string,
  { inputs: changes, by }: ForkOptions,
): Promise<RunRow> {
  await refuseErased(store, run);
  const { plan, inputs: given } = await givenTo(store, run);
  const inputs = changes === undefined ? given : checkedInputs(plan, { ...given, ...changes });
  return engine.fork(run, stage, { inputs, by: by.user });
}

/** @throws StagecraftError `invalid-input` with everything that is wrong with them */
export function checkedInputs(plan: Plan, inputs: JsonObject): JsonObject {
  const { values, issues } = checkInputs(plan.workflow, inputs);
  const [first] = issues;
  if (first === undefined) return values;
  const message = issues.map((issue) => issue.message).join("; ");
  throw new StagecraftError("invalid-input", message, first.help === undefined ? {} : { help: first.help });
}

/** A key stands for one request: with other inputs it was a mistake of the caller, which the old run would hide. */
async function checkSame(store: Store, run: RunRow, inputs: JsonObject): Promise<void> {
  const { inputs: earlier } = await givenTo(store, run.id);
  if (canonicalText(earlier) === canonicalText(inputs)) return;
  throw new StagecraftError("key-reused", `this idempotency key started run ${run.id}, with other inputs`, {
    help: "use a new key for a new run",
  });
}

const hashes = new WeakMap<Plan, string>();

/** A plan never changes, so many runs of one name it once. */
function hashOf(plan: Plan): string {
  let hash = hashes.get(plan);
  if (hash === undefined) {
    hash = sha256(JSON.stringify(plan));
    hashes.set(plan, hash);
  }
  return hash;
}

export function storedOf(plan: Plan, source: string): StoredDefinition {
  const { id, version } = plan.workflow;
  return { hash: hashOf(plan), id, version, source, plan, at: wallClock.now() };
}

/** @throws StagecraftError `invalid-definition` */
export function planOf({ file, reading }: LoadedDefinition): Plan {
  if (reading.plan !== undefined) return reading.plan;
  const errors = reading.diagnostics.filter(({ severity }) => severity === "error").length;
  throw new StagecraftError("invalid-definition", `${file} has ${errors} ${errors === 1 ? "error" : "errors"}`, {
    help: `stagecraft validate ${file}`,
  });
}
