import { StageError } from "../core/errors.js";
import type { JsonObject } from "../core/json.js";
import { addresses, type MockEntry, type TestCase } from "../definition/index.js";
import { type Cassette, player, taped } from "../engine/cassettes.js";
import type { Mask } from "../engine/mask.js";
import type { VirtualClock } from "../engine/virtual-clock.js";
import {
  changed,
  type EffectStageType,
  type Plugin,
  type PureStageType,
  type StageContext,
  type StageResult,
  type StageType,
  type Tool,
} from "../plugin/api.js";
import { Registry } from "../plugin/registry.js";
import { MOCKED } from "./mocked-plan.js";
import type { Work } from "./work.js";

/** Effects that are performed in a test: they read the project, or ask the embedded provider. */
const REAL: readonly string[] = ["data.read", "agent"];

/** An effect that was reached and has no mock. */
export interface Unmocked {
  readonly stage: string;
  readonly uses: string;
}

export interface Mocked {
  readonly registry: Registry;
  readonly unmocked: readonly Unmocked[];
  /** Stages that came to what a mock says, with the mock's address. */
  readonly mocked: ReadonlyMap<string, string>;
}

/** The registry of one case: effects come to what its mocks say, and no other is performed. */
export function mockedRegistry(
  registry: Registry,
  { mocks }: TestCase,
  clock: VirtualClock,
  work: Work,
  mask: Mask,
): Mocked {
  const unmocked: Unmocked[] = [];
  const mocked = new Map<string, string>();
  const tries = new Map<string, number>();
  /** What the next try of a stage comes to, or undefined when it has no mock. */
  const nextEntry = (path: string): MockEntry | undefined => {
    const instance = path.replace(/~\d+/g, "");
    const address = Object.hasOwn(mocks, instance)
      ? instance
      : Object.keys(mocks).find((candidate) => addresses(candidate, instance));
    const list = address === undefined ? undefined : mocks[address];
    if (address === undefined || list === undefined) return undefined;
    mocked.set(path, address);
    const tried = tries.get(instance) ?? 0;
    tries.set(instance, tried + 1);
    return list[Math.min(tried, list.length - 1)];
  };
  const replaying = replayer(mask);
  const effect = (type: EffectStageType): EffectStageType => ({
    ...type,
    async run(input, context) {
      const { id, stage } = context.run;
      const isUndo = context.idempotencyKey === `${id}/${stage}/undo`;
      const entry = nextEntry(isUndo ? `${stage}.compensate` : stage);
      if (entry?.cassette !== undefined) return work.during(type.run(input, replaying(context, entry.cassette)));
      if (entry !== undefined) {
        await pass(entry.after, clock, context.signal);
        return resultOf(entry);
      }
      // What was never done need not be undone.
      if (isUndo) return { outputs: {} };
      if (REAL.includes(type.name)) return work.during(type.run(input, context));
      unmocked.push({ stage, uses: type.name });
      throw unmockedError(stage, type.name);
    },
  });
  const pure = (type: PureStageType): PureStageType => ({
    ...type,
    run(input, context) {
      const entry = nextEntry(context.run.stage);
      if (entry !== undefined) return resultOf(entry);
      const result = type.run(input, context);
      return result instanceof Promise ? work.during(result) : result;
    },
  });
  const wrap = (type: StageType): StageType =>
    type.kind === "effect" ? effect(type) : type.kind === "pure" ? pure(type) : type;
  const tool = (original: Tool): Tool => ({
    ...original,
    async run(_input: JsonObject, { run: { stage } }: StageContext) {
      unmocked.push({ stage, uses: original.name });
      throw unmockedError(stage, original.name);
    },
  });
  const plugins = [...registry.plugins, STRUCTURES].map(
    (plugin): Plugin => ({
      ...plugin,
      ...(plugin.stages !== undefined && { stages: plugin.stages.map(wrap) }),
      ...(plugin.tools !== undefined && { tools: plugin.tools.map(tool) }),
    }),
  );
  // Nothing is performed here, so nothing need be closed.
  return { registry: new Registry(plugins, ["shell"]), unmocked, mocked };
}

/** Models answer what was recorded in a folder; each folder is begun once. */
function replayer(mask: Mask): (context: StageContext, folder: string) => StageContext {
  const begun = new Map<string, Cassette>();
  return (context, folder) => {
    const cassette = begun.get(folder) ?? player(context.file(folder));
    begun.set(folder, cassette);
    return changed(context, { agentProvider: (name) => taped(context.agentProvider(name), cassette, mask) });
  };
}

/** Stands for groups and sub-workflows that are mocked as a whole. */
const STRUCTURES: Plugin = {
  name: "mocked",
  version: "1.0.0",
  apiVersion: 1,
  stages: [
    {
      name: MOCKED,
      kind: "effect",
      title: "Mocked",
      description: "A group or sub-workflow that is not entered.",
      input: { type: "object" },
      output: { type: "object" },
      run: async () => ({ outputs: {} }),
    },
  ],
};

function unmockedError(stage: string, uses: string): StageError {
  return new StageError("unmocked-effect", `${stage} would perform ${uses}, which a test does not`);
}

function resultOf({ outputs = {}, outcome, error, message, retryable = true }: MockEntry): StageResult {
  if (error !== undefined) throw new StageError(error, message ?? `mocked: ${error}`, { retryable });
  return { outputs, ...(outcome !== undefined && { outcome }) };
}

/** Virtual time passes, or the attempt is stopped. */
function pass(ms: number, clock: VirtualClock, signal: AbortSignal): Promise<void> {
  if (ms === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.at(clock.now() + ms, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
