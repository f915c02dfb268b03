/**
 * The composition root: the only file that knows every room. The command line, the server and programs talk to `App`.
 */
import type { Audit } from "./app/audit.js";
import { bringServer } from "./app/backend.js";
import type { Copied } from "./app/copy.js";
import type { Cost, CostOptions } from "./app/costs.js";
import { type DefinitionEntry, type LoadedDefinition, listDefinitions, loadDefinition } from "./app/definitions.js";
import type { WhoIs } from "./app/directory.js";
import type { DriveOptions } from "./app/drive.js";
import { type Events, eventsOf } from "./app/events.js";
import type { Check } from "./app/finding.js";
import { wallClock } from "./app/host.js";
import type { Keys, KeyView } from "./app/keys.js";
import { once } from "./app/later.js";
import type { Links } from "./app/links.js";
import type { McpOptions } from "./app/mcp.js";
import type { Meter } from "./app/meter.js";
import type { MigrateOptions } from "./app/migrate.js";
import { partsOf } from "./app/parts.js";
import type { DecideOptions } from "./app/people.js";
import { both, openRooms } from "./app/rooms.js";
import type { Rules, RulesReport } from "./app/rules.js";
import type { FollowOptions, RunView } from "./app/runs.js";
import type { Schedule, Scheduler } from "./app/schedules/index.js";
import type { Served, ServeOptions } from "./app/serve.js";
import type { ForkOptions, Started, StartOptions } from "./app/start.js";
import type { Stats, StatsReport } from "./app/stats.js";
import type { TestOptions, TestReport } from "./app/tests.js";
import type { AppUpkeep } from "./app/upkeep.js";
import { type Config, identify } from "./config.js";
import type { Actor } from "./core/approval.js";
import type { JsonObject } from "./core/json.js";
import type { Migration } from "./core/migrate.js";
import type { AlertRow, ApprovalFilter, ApprovalRow, InboxBody, Listener, RunRow, Store } from "./engine/ports.js";
import type { Retraced } from "./engine/retrace.js";
import type { Worker, WorkOptions } from "./engine/worker.js";
import type { Logger, Plugin } from "./plugin/api.js";
import type { Registry } from "./plugin/registry.js";
import type { Role } from "./server/access/identity.js";

export type { CostGroup } from "./app/costs.js";
export { type CheckedPlugin, checkPlugins } from "./app/plugin-check.js";
export type { InvalidTest } from "./app/tests.js";
export type { StageView } from "./core/view.js";
export type { Reading } from "./definition/index.js";
export { checkInputs, coerceInput, explain, workflowSchema, workflowTestSchema } from "./definition/index.js";
export type { StoreStatus } from "./engine/ports.js";
export type { Act } from "./observe/audit/acts.js";
export type { CaseFailure, CaseResult, WorkflowCoverage } from "./testing/index.js";

export type {
  AlertRow,
  ApprovalFilter,
  ApprovalRow,
  Audit,
  Check,
  Cost,
  DecideOptions,
  DefinitionEntry,
  DriveOptions,
  InboxBody,
  KeyView,
  Listener,
  LoadedDefinition,
  Registry,
  RulesReport,
  RunRow,
  RunView,
  Schedule,
  Served,
  ServeOptions,
  StartOptions,
  StatsReport,
  Store,
  TestReport,
  Worker,
};

export interface App {
  readonly config: Config;
  registry(): Promise<Registry>;
  /** By id among the project's definitions, or by path. @throws StagecraftError `unknown-definition` */
  read(definition: string): Promise<LoadedDefinition>;
  definitions(): Promise<readonly DefinitionEntry[]>;
  /** Made where there is none. */
  store(): Promise<Store>;
  /** The store if there is one already. */
  existingStore(): Promise<Store | undefined>;
  /** Pruning and archives; it makes no store but to restore to. */
  readonly upkeep: AppUpkeep;
  /** To another database that is empty, and verified there. @throws StagecraftError `store-not-empty`, `store-busy` */
  copy(to: string): Promise<Copied>;
  /** Created and durable, not yet driven. @throws StagecraftError `invalid-definition`, `invalid-input`, `secret-missing` */
  start(definition: LoadedDefinition, options: StartOptions): Promise<RunRow>;
  /** The same, saying whether the idempotency key had been used before. @throws StagecraftError also `key-reused` */
  startOnce(definition: LoadedDefinition, options: StartOptions): Promise<Started>;
  /** A new run that shares the finished stages before `stage`. @throws StagecraftError `unknown-stage`, `invalid-input` */
  fork(run: string, stage: string, options: ForkOptions): Promise<RunRow>;
  /**
   * Moves a run that nobody drives to the definition as it is now, unless there are reasons why that cannot be.
   * @throws StagecraftError `run-busy`, `invalid-definition`, `secret-missing`
   */
  migrate(run: string, definition: LoadedDefinition, options: MigrateOptions): Promise<Migration>;
  /** Drives until the run ends, pauses, or only waits for what will not come within `patience`. */
  drive(run: string, options: DriveOptions): Promise<RunRow>;
  /** Starts what the project's backend needs on this machine; undefined where nothing had to be. @throws StagecraftError `package-missing` */
  bringBackend(): Promise<{ stop(): Promise<void> } | undefined>;
  /** Drives every run that nobody else drives, and fires triggers, until the signal. */
  work(options: WorkOptions): Promise<Worker>;
  /** The API and the dashboard on a port. @throws StagecraftError `tokens-needed`, `port-taken`, `tokens-invalid` */
  serve(options: ServeOptions): Promise<Served>;
  /** The workflows as tools for models, on stdin and stdout. @throws StagecraftError `package-missing` */
  serveMcp(options: McpOptions): Promise<void>;
  /** Lets a user into the server: the token is returned, and only its hash is kept. @throws StagecraftError `tokens-invalid` */
  token(
    user: string,
    roles: readonly Role[],
    file?: string,
  ): Promise<{ readonly token: string; readonly file: string }>;
  /** By id, unique prefix, or `last`. @throws StagecraftError `unknown-run`, `ambiguous-run` */
  findRun(idOrPrefixOrLast: string): Promise<RunRow>;
  view(run: string): Promise<RunView>;
  /** Hears a run that others drive, until it rests or ends. Drives nothing. */
  follow(run: string, options: FollowOptions): Promise<RunRow>;
  /** Takes every pure step of a run again, offline. @throws StagecraftError `run-erased` */
  retrace(run: string): Promise<Retraced>;
  /** What a stage was given, secrets left out; undefined where it was given nothing yet. @throws StagecraftError `unknown-stage` */
  stageInput(run: string, stage: string): Promise<JsonObject | undefined>;
  /** @throws StagecraftError `unknown-approval`, `ambiguous-approval` */
  findApproval(idOrPrefix: string): Promise<ApprovalRow>;
  /** @throws StagecraftError of kind `denied` */
  decide(approval: string, options: DecideOptions): Promise<ApprovalRow>;
  /** @throws StagecraftError `run-finished`, `not-possible` */
  send(run: string, body: InboxBody): Promise<void>;
  readonly audit: Audit;
  readonly keys: Keys;
  readonly rules: Rules;
  /** What runs came to, in numbers. */
  readonly stats: Stats;
  /** What goes to stderr about what goes on. */
  log(): Promise<Logger>;
  /** Counts what this process does, for Prometheus. */
  readonly meter: Meter;
  /** Signed links that let one person decide one approval. */
  readonly links: Links;
  /** Runs `*.test.yaml` on virtual time; touches no database. @throws StagecraftError `no-tests` */
  test(options: TestOptions): Promise<TestReport>;
  /** What happens outside: events, and requests for webhooks. */
  readonly events: Events;
  /** What starts runs by itself. */
  scheduler(): Promise<Scheduler>;
  /** Looks at everything a run needs; a fault is a finding. */
  examine(): Promise<readonly Check[]>;
  /** What models cost, over all runs. */
  costs(options: CostOptions): Promise<readonly Cost[]>;
  /**
   * Somebody as they may act now, with what the project and its directory say of them.
   * @throws StagecraftError `directory-unavailable`, and `unknown-user`, `not-permitted` of kind denied
   */
  readonly whoIs: WhoIs;
  /** From the configured identities and the OS user. */
  actor(as?: string): Actor;
  close(): Promise<void>;
}

/** Opens nothing yet: each room is made when it is first asked for. */
export function openApp({ config, plugins }: { readonly config: Config; readonly plugins?: readonly Plugin[] }): App {
  const rooms = openRooms(config, plugins);
  const { registry, secrets, stores, engine, backend, host, settled, log, heard, whoIs } = rooms;
  const { made: store, existing } = stores;
  const read = async (definition: string) => loadDefinition(config, await registry(), definition);
  const definitions = async () => listDefinitions(config);
  const stored = once(() => import("./app/stored.js"));
  const startOnce: App["startOnce"] = async (definition, options) =>
    (await stored()).startRun(definition, options, async () => ({ store: await store(), engine: await engine() }));
  const scheduler = once(async () =>
    (await stored()).openScheduler(config, { store: await store(), secrets, log: await log(), read, start: startOnce }),
  );
  const parts = partsOf(rooms, read);
  const app: App = {
    ...parts,
    config,
    registry,
    log,
    store,
    existingStore: stores.found,
    copy: async (to) => (await stored()).copyDatabase(config, to),
    async close() {
      await settled();
      await stores.close();
    },
    read,
    definitions,
    startOnce,
    scheduler,
    events: eventsOf(store, scheduler),
    start: async (definition, options) => (await startOnce(definition, options)).run,
    migrate: async (run, definition, options) =>
      (await stored()).migrateRun({ engine: await engine(), store: await store() }, run, definition, options),
    fork: async (run, stage, options) =>
      (await stored()).forkRun({ engine: await engine(), store: await existing() }, run, stage, options),
    drive: async (run, options) =>
      (await stored()).driveRun((await backend()).drives, await host(), run, {
        ...options,
        listener: both(options.listener, await heard()),
      }),
    bringBackend: () => bringServer(config),
    work: async (options) => {
      const listener = both(parts.meter.heard, await heard());
      return (await stored()).work(await backend(), await host(), await scheduler(), listener, options);
    },
    serve: async (options) => (await import("./app/serve.js")).serve(app, config, options),
    serveMcp: async (options) => (await import("./app/mcp.js")).serveMcp(app, options),
    token: async (...given) => (await import("./app/serve.js")).makeToken(config, ...given),
    findRun: async (wanted) => (await stored()).findRun(await existing(), wanted),
    view: async (run) => (await stored()).viewRun(await existing(), run),
    follow: async (run, options) => (await stored()).followRun(await existing(), run, options),
    retrace: async (run) => (await stored()).retraceRun(await existing(), await registry(), run),
    stageInput: async (run, stage) => (await stored()).stageInput(await existing(), run, stage),
    findApproval: async (wanted) => (await stored()).findApproval(await existing(), wanted),
    decide: async (approval, options) =>
      (await stored()).decide(await existing(), approval, options, wallClock.now, whoIs),
    whoIs,
    send: async (run, body) => (await stored()).sendTo(await existing(), run, body, wallClock.now()),
    test: async (options) => (await import("./app/tests.js")).runTests(config, await registry(), options),
    examine: async () =>
      (await import("./app/doctor.js")).examine({ config, registry, store, definitions, read, whoIs }),
    costs: async (options) => (await stored()).costsOf(await store(), options),
    actor: (as) => identify(config, as),
  };
  return app;
}
