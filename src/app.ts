/**
 * The composition root: the only file that knows every room. The command line, the server and programs talk to `App`.
 */
import { type DefinitionEntry, type LoadedDefinition, listDefinitions, loadDefinition } from "./app/definitions.js";
import { hostOf, stderrLogger, wallClock } from "./app/host.js";
import { type DecideOptions, decide, findApproval } from "./app/people.js";
import { findRun, followRun, isEnded, type RunView, sendTo, stageInput, viewRun } from "./app/runs.js";
import type { Served, ServeOptions } from "./app/serve.js";
import { isOwnPackage, shippedPlugins } from "./app/shipped.js";
import { checkedInputs, type Started, type StartOptions, startRun } from "./app/start.js";
import { runTests, type TestOptions, type TestReport } from "./app/tests.js";
import { type Config, identify } from "./config.js";
import type { Actor } from "./core/approval.js";
import type { JsonObject } from "./core/json.js";
import { Engine } from "./engine/engine.js";
import type { ApprovalRow, InboxBody, Listener, RunRow, Store } from "./engine/ports.js";
import { startWorker, type Worker, type WorkOptions } from "./engine/worker.js";
import { loadPlugins } from "./plugin/discover.js";
import { Registry } from "./plugin/registry.js";
import type { Role } from "./server/access/identity.js";
import { openStore } from "./store/index.js";

export type { InvalidTest } from "./app/tests.js";
export type { StageView } from "./core/view.js";
export type { Reading } from "./definition/index.js";
export { checkInputs, coerceInput, explain, workflowSchema, workflowTestSchema } from "./definition/index.js";
export type { CaseFailure, CaseResult, WorkflowCoverage } from "./testing/index.js";

/** How often a run that waits for its turn asks again: milliseconds. */
const QUEUE_MS = 200;

export type {
  ApprovalRow,
  DecideOptions,
  DefinitionEntry,
  InboxBody,
  Listener,
  LoadedDefinition,
  Registry,
  RunRow,
  RunView,
  Served,
  ServeOptions,
  StartOptions,
  Store,
  TestReport,
  Worker,
};

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
  /** The same, saying whether the idempotency key had been used before. @throws StagecraftError also `key-reused` */
  startOnce(definition: LoadedDefinition, options: StartOptions): Promise<Started>;
  /** A new run that shares the finished stages before `stage`. @throws StagecraftError `unknown-stage`, `invalid-input` */
  fork(run: string, stage: string, options: { readonly inputs?: JsonObject; readonly by: Actor }): Promise<RunRow>;
  /** Drives until the run ends, pauses, or only waits for what will not come within `patience`. */
  drive(run: string, options: DriveOptions): Promise<RunRow>;
  /** Drives every run that nobody else drives, until the signal. */
  work(options: WorkOptions): Promise<Worker>;
  /** The API and the dashboard on a port. @throws StagecraftError `tokens-needed`, `port-taken`, `tokens-invalid` */
  serve(options: ServeOptions): Promise<Served>;
  /** Lets a user into the server: the token is returned, and only its hash is kept. @throws StagecraftError `tokens-invalid` */
  token(
    user: string,
    roles: readonly Role[],
    file?: string,
  ): Promise<{ readonly token: string; readonly file: string }>;
  /** By id, unique prefix, or `last`. @throws StagecraftError `unknown-run`, `ambiguous-run` */
  findRun(idOrPrefixOrLast: string): Promise<RunRow>;
  view(run: string): Promise<RunView>;
  /** What a stage was given, secrets left out; undefined where it was given nothing yet. @throws StagecraftError `unknown-stage` */
  stageInput(run: string, stage: string): Promise<JsonObject | undefined>;
  /** @throws StagecraftError `unknown-approval`, `ambiguous-approval` */
  findApproval(idOrPrefix: string): Promise<ApprovalRow>;
  /** @throws StagecraftError of kind `denied` */
  decide(approval: string, options: DecideOptions): Promise<ApprovalRow>;
  /** @throws StagecraftError `run-finished`, `not-possible` */
  send(run: string, body: InboxBody): Promise<void>;
  /** Runs `*.test.yaml` on virtual time; touches no database. @throws StagecraftError `no-tests` */
  test(options: TestOptions): Promise<TestReport>;
  /** From the configured identities and the OS user. */
  actor(as?: string): Actor;
  close(): Promise<void>;
}

/** Opens nothing yet: each room is made when it is first asked for. */
export function openApp({ config }: { readonly config: Config }): App {
  const registry = once(() => openRegistry(config));
  const store = once(() => openStore(config.db));
  const host = once(async () => hostOf(config, await store(), await registry(), stderrLogger));
  const engine = once(async () => new Engine(await host()));
  let isStoreOpen = false;
  const openedStore = async () => {
    const opened = await store();
    isStoreOpen = true;
    return opened;
  };
  const acting = async () => ({ store: await openedStore(), engine: await engine() });
  const app: App = {
    config,
    registry,
    store: openedStore,
    read: async (definition) => loadDefinition(config, await registry(), definition),
    definitions: async () => listDefinitions(config),
    async start(definition, options) {
      const { run } = await startRun(definition, options, acting);
      return run;
    },
    startOnce: (definition, options) => startRun(definition, options, acting),
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
    async work(options) {
      await openedStore();
      return startWorker(await engine(), await host(), options);
    },
    async serve(options) {
      const { serve } = await import("./app/serve.js");
      return serve(app, config, options);
    },
    async token(user, roles, file) {
      const { makeToken } = await import("./app/serve.js");
      return makeToken(config, user, roles, file);
    },
    findRun: async (wanted) => findRun(await openedStore(), wanted),
    view: async (run) => viewRun(await openedStore(), run),
    stageInput: async (run, stage) => stageInput(await openedStore(), run, stage),
    findApproval: async (wanted) => findApproval(await openedStore(), wanted),
    decide: async (approval, options) => decide(await openedStore(), approval, options, wallClock.now),
    send: async (run, body) => sendTo(await openedStore(), run, body, wallClock.now()),
    test: async (options) => runTests(config, await registry(), options),
    actor: (as) => identify(config, as),
    async close() {
      if (isStoreOpen) await (await store()).close();
    },
  };
  return app;
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
