/**
 * The composition root: the only file that knows every room. The command line, the server and programs talk to `App`.
 */
import { type Cost, type CostOptions, costsOf } from "./app/costs.js";
import { type DefinitionEntry, type LoadedDefinition, listDefinitions, loadDefinition } from "./app/definitions.js";
import { type Check, examine } from "./app/doctor.js";
import { hostOf, sha256, stderrLogger, wallClock } from "./app/host.js";
import { type DecideOptions, decide, findApproval } from "./app/people.js";
import { type FollowOptions, findRun, followRun, isEnded, type RunView, sendTo, viewRun } from "./app/runs.js";
import { isOwnPackage, shippedPlugins } from "./app/shipped.js";
import { runTests, type TestOptions, type TestReport } from "./app/tests.js";
import { type Config, identify } from "./config.js";
import type { Actor } from "./core/approval.js";
import { StagecraftError } from "./core/errors.js";
import type { JsonObject } from "./core/json.js";
import type { Plan } from "./core/plan.js";
import { checkInputs } from "./definition/index.js";
import { Engine } from "./engine/engine.js";
import type { ApprovalRow, InboxBody, Listener, RunRow, Store } from "./engine/ports.js";
import { loadPlugins } from "./plugin/discover.js";
import { Registry } from "./plugin/registry.js";
import { openStore } from "./store/index.js";

export { COST_GROUPS, type CostGroup } from "./app/costs.js";
export type { InvalidTest } from "./app/tests.js";
export type { StageView } from "./core/view.js";
export type { Reading } from "./definition/index.js";
export { checkInputs, coerceInput, explain, workflowSchema, workflowTestSchema } from "./definition/index.js";
export type { CaseFailure, CaseResult, WorkflowCoverage } from "./testing/index.js";

/** How often a run that waits for its turn asks again: milliseconds. */
const QUEUE_MS = 200;

export type {
  ApprovalRow,
  Check,
  Cost,
  DecideOptions,
  DefinitionEntry,
  InboxBody,
  Listener,
  LoadedDefinition,
  Registry,
  RunRow,
  RunView,
  Store,
  TestReport,
};

export interface StartOptions {
  readonly inputs: JsonObject;
  readonly by: Actor;
  readonly provider?: string;
}

export interface DriveOptions {
  /** Milliseconds: a timer due within them is waited for. */
  readonly patience: number;
  readonly signal?: AbortSignal;
  readonly listener?: Listener;
  /** Hears what running effects say about themselves. */
  readonly progress?: (stage: string, message: string) => void;
}

export interface App {
  readonly config: Config;
  registry(): Promise<Registry>;
  /** By id among the project's definitions, or by path. @throws StagecraftError `unknown-definition` */
  read(definition: string): Promise<LoadedDefinition>;
  definitions(): Promise<readonly DefinitionEntry[]>;
  store(): Promise<Store>;
  /** Created and durable, not yet driven. @throws StagecraftError `invalid-definition`, `invalid-input`, `secret-missing` */
  start(definition: LoadedDefinition, options: StartOptions): Promise<RunRow>;
  /** A new run that shares the finished stages before `stage`. @throws StagecraftError `unknown-stage`, `invalid-input` */
  fork(run: string, stage: string, options: { readonly inputs?: JsonObject; readonly by: Actor }): Promise<RunRow>;
  /** Drives until the run ends, pauses, or only waits for what will not come within `patience`. */
  drive(run: string, options: DriveOptions): Promise<RunRow>;
  /** By id, unique prefix, or `last`. @throws StagecraftError `unknown-run`, `ambiguous-run` */
  findRun(idOrPrefixOrLast: string): Promise<RunRow>;
  view(run: string): Promise<RunView>;
  /** Hears a run that others drive, until it rests or ends. Drives nothing. */
  follow(run: string, options: FollowOptions): Promise<RunRow>;
  /** @throws StagecraftError `unknown-approval`, `ambiguous-approval` */
  findApproval(idOrPrefix: string): Promise<ApprovalRow>;
  /** @throws StagecraftError of kind `denied` */
  decide(approval: string, options: DecideOptions): Promise<ApprovalRow>;
  /** @throws StagecraftError `run-finished`, `not-possible` */
  send(run: string, body: InboxBody): Promise<void>;
  /** Runs `*.test.yaml` on virtual time; touches no database. @throws StagecraftError `no-tests` */
  test(options: TestOptions): Promise<TestReport>;
  /** Looks at everything a run needs; a fault is a finding. */
  examine(): Promise<readonly Check[]>;
  /** What models cost, over all runs. */
  costs(options: CostOptions): Promise<readonly Cost[]>;
  /** From the configured identities and the OS user. */
  actor(as?: string): Actor;
  close(): Promise<void>;
}

/** Opens nothing yet: each room is made when it is first asked for. */
export function openApp({ config }: { readonly config: Config }): App {
  const registry = once(() => openRegistry(config));
  const store = once(() => openStore(config.db));
  const engine = once(async () => new Engine(hostOf(config, await store(), await registry(), stderrLogger)));
  let isStoreOpen = false;
  const openedStore = async () => {
    const opened = await store();
    isStoreOpen = true;
    return opened;
  };
  const read = async (definition: string) => loadDefinition(config, await registry(), definition);
  return {
    config,
    registry,
    store: openedStore,
    read,
    definitions: async () => listDefinitions(config),
    async start(definition, options) {
      const plan = planOf(definition);
      const values = checkedInputs(plan, options.inputs);
      await openedStore();
      const { id, version } = plan.workflow;
      const stored = {
        hash: sha256(JSON.stringify(plan)),
        id,
        version,
        source: definition.text,
        plan,
        at: wallClock.now(),
      };
      const { inputs: _, by, ...more } = options;
      const { run } = await (await engine()).start(stored, { inputs: values, by: by.user, ...more });
      return run;
    },
    async fork(run, stage, { inputs: changes, by }) {
      const { plan, inputs: given } = await viewRun(await openedStore(), run);
      const inputs = changes === undefined ? given : checkedInputs(plan, { ...given, ...changes });
      return (await engine()).fork(run, stage, { inputs, by: by.user });
    },
    async drive(run, options) {
      const kept = await openedStore();
      const until = wallClock.now() + options.patience;
      for (;;) {
        const end = await (await engine()).drive(run, options);
        if (end === "queued" && wallClock.now() < until && !options.signal?.aborted) {
          await new Promise((resolve) => setTimeout(resolve, QUEUE_MS));
          continue;
        }
        if (end !== "busy" && end !== "lost") return findRun(kept, run);
        const row = await followRun(kept, run, options);
        if (isEnded(row) || row.owner !== null || options.signal?.aborted) return row;
      }
    },
    findRun: async (wanted) => findRun(await openedStore(), wanted),
    view: async (run) => viewRun(await openedStore(), run),
    follow: async (run, options) => followRun(await openedStore(), run, options),
    findApproval: async (wanted) => findApproval(await openedStore(), wanted),
    decide: async (approval, options) => decide(await openedStore(), approval, options, wallClock.now),
    send: async (run, body) => sendTo(await openedStore(), run, body, wallClock.now()),
    test: async (options) => runTests(config, await registry(), options),
    examine: () =>
      examine({ config, registry, store: openedStore, definitions: async () => listDefinitions(config), read }),
    costs: async (options) => costsOf(await openedStore(), options),
    actor: (as) => identify(config, as),
    async close() {
      if (isStoreOpen) await (await store()).close();
    },
  };
}

/** @throws StagecraftError `invalid-input` with everything that is wrong with them */
function checkedInputs(plan: Plan, inputs: JsonObject): JsonObject {
  const { values, issues } = checkInputs(plan.workflow, inputs);
  const [first] = issues;
  if (first === undefined) return values;
  const message = issues.map((issue) => issue.message).join("; ");
  throw new StagecraftError("invalid-input", message, first.help === undefined ? {} : { help: first.help });
}

function planOf({ file, reading }: LoadedDefinition): Plan {
  if (reading.plan !== undefined) return reading.plan;
  const errors = reading.diagnostics.filter(({ severity }) => severity === "error").length;
  throw new StagecraftError("invalid-definition", `${file} has ${errors} ${errors === 1 ? "error" : "errors"}`, {
    help: `stagecraft validate ${file}`,
  });
}

/** The plugins that ship, then the project's own. Loaded when the registry is first asked for. */
async function openRegistry({ project, plugins: listed }: Config): Promise<Registry> {
  const shipped = await shippedPlugins();
  const registry = new Registry(shipped);
  const names = isOwnPackage(project) ? shipped.map(({ name }) => name) : [];
  for (const plugin of await loadPlugins({ project, listed, shipped: names })) registry.add(plugin);
  return registry;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
