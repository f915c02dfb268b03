import path from "node:path";
import { readText } from "./app/definitions.js";
import type { DecideOptions } from "./app/people.js";
import type { RunView } from "./app/runs.js";
import type { TestOptions, TestReport } from "./app/tests.js";
import { type App, type DefinitionEntry, openApp } from "./app.js";
import { type ConfigOverrides, loadConfig } from "./config.js";
import type { JsonObject } from "./core/json.js";
import type { ApprovalRow, Listener, RunRow } from "./engine/ports.js";
import type { Plugin } from "./plugin/api.js";

/** How long timers are waited for: milliseconds. */
const PATIENCE_MS = 60_000;

/** How a program opens Stagecraft. Relative paths are taken from `cwd`. */
export interface StagecraftOptions extends ConfigOverrides {
  /** Beside the plugins that ship and those of the project. */
  readonly plugins?: readonly Plugin[];
}

/** A definition by id or path, or its YAML itself. */
export type Definition = string | { readonly yaml: string };

export interface RunOptions {
  /** A configured user; without it, the account of the process. */
  readonly as?: string;
  readonly provider?: string;
  /** Where runs wait for a process, the higher goes first: -1000 to 1000, in the place of the definition's. */
  readonly priority?: number;
  /** The same key twice is one run. */
  readonly idempotencyKey?: string;
  /** Milliseconds: timers due within them are waited for. 60 000 without it. */
  readonly patience?: number;
  readonly signal?: AbortSignal;
}

/** What a program does with Stagecraft. Everything else is in `app`. */
export interface Stagecraft {
  readonly app: App;
  /**
   * Starts a run and drives it until it ends, or rests: `status` is then `waiting` or `paused`.
   * @throws StagecraftError `unknown-definition`, `invalid-definition`, `invalid-input`, `secret-missing`, `key-reused`
   */
  run(definition: Definition, inputs?: JsonObject, options?: RunOptions): Promise<RunRow>;
  /** Drives on a run that rests, or that a dead process left. @throws StagecraftError `unknown-run` */
  resume(run: string, options?: Pick<RunOptions, "patience" | "signal">): Promise<RunRow>;
  /** What waits for people; of one run, or of all. */
  approvals(run?: string): Promise<readonly ApprovalRow[]>;
  /** Decides, without driving the run on: `resume` does. @throws StagecraftError of kind `denied` */
  decide(approval: string, decision: Omit<DecideOptions, "by"> & { readonly as?: string }): Promise<ApprovalRow>;
  view(run: string): Promise<RunView>;
  definitions(): Promise<readonly DefinitionEntry[]>;
  /** Hears the events of every run that is driven here, after they are on disk. Returns what ends the listening. */
  on(listener: Listener): () => void;
  /** Runs `*.test.yaml` on virtual time. @throws StagecraftError `no-tests` */
  test(options?: Partial<TestOptions>): Promise<TestReport>;
  close(): Promise<void>;
}

/** Opens a project for a program. `db: ":memory:"` keeps nothing. */
export const Stagecraft = { open: openStagecraft };

/** @throws StagecraftError `config-not-found`, `config-invalid` */
async function openStagecraft({ plugins = [], ...overrides }: StagecraftOptions = {}): Promise<Stagecraft> {
  const config = await loadConfig(overrides);
  const app = openApp({ config, plugins });
  const listeners = new Set<Listener>();
  const listener: Listener = (run, events) => {
    for (const hears of listeners) hears(run, events);
  };
  const read = async (definition: Definition) => {
    if (typeof definition === "string") return app.read(definition);
    const file = path.join(config.definitions, "program.workflow.yaml");
    return readText(config, await app.registry(), { file, text: definition.yaml });
  };
  const drive = (run: string, { patience = PATIENCE_MS, signal }: Pick<RunOptions, "patience" | "signal">) =>
    app.drive(run, { patience, listener, ...(signal && { signal }) });
  return {
    app,
    async run(definition, inputs = {}, { as, patience, signal, ...options } = {}) {
      const started = await app.startOnce(await read(definition), { ...options, inputs, by: app.actor(as) });
      const { id, headSeq } = started.run;
      // Its beginning is written before anybody drives it.
      if (started.created && listeners.size > 0) listener(id, await (await app.store()).readEvents(id, 0, headSeq));
      return drive(id, { ...(patience !== undefined && { patience }), ...(signal && { signal }) });
    },
    resume: async (run, options = {}) => drive((await app.findRun(run)).id, options),
    async approvals(run) {
      return (await app.store()).listApprovals({ status: ["open"], ...(run !== undefined && { run }) });
    },
    decide: (approval, { as, ...decision }) => app.decide(approval, { ...decision, by: app.actor(as) }),
    view: app.view,
    definitions: app.definitions,
    on(hears) {
      listeners.add(hears);
      return () => listeners.delete(hears);
    },
    test: (options = {}) => app.test({ patterns: [], ...options }),
    close: app.close,
  };
}
