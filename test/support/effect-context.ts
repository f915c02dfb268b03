import { resolve, sep } from "node:path";
import { StageError } from "../../src/core/errors.js";
import type { Json, JsonObject } from "../../src/core/json.js";
import type { Plugin, Price, Rate, StageContext, Usage } from "../../src/plugin/api.js";
import { Registry } from "../../src/plugin/registry.js";

export interface ContextOptions {
  readonly plugins?: readonly Plugin[];
  readonly agents?: Readonly<Record<string, JsonObject>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The project folder: `file()` gives paths below it. */
  readonly root?: string;
  readonly signal?: AbortSignal;
  readonly provider?: string;
  /** The project's own, by `provider/model`. */
  readonly prices?: Readonly<Record<string, Price>>;
  readonly attempt?: number;
  readonly idempotencyKey?: string;
  /** What earlier attempts recorded; a second context over one map is the same stage after a crash. */
  readonly records?: Map<string, { readonly value: Json; readonly usage?: Usage }>;
}

export interface TestContext extends StageContext {
  readonly records: Map<string, { readonly value: Json; readonly usage?: Usage }>;
  readonly logged: { readonly level: string; readonly message: string; readonly fields: JsonObject | undefined }[];
  readonly progressed: string[];
  readonly settled: { readonly key: string; readonly rates: readonly Rate[] }[];
  readonly taken: { readonly key: string; readonly rates: readonly Rate[] }[];
}

/** A stage's context over a real registry: records are kept in a map, logs and progress in lists. */
export function effectContext(options: ContextOptions = {}): TestContext {
  const registry = new Registry(options.plugins ?? []);
  const records = options.records ?? new Map();
  const logged: TestContext["logged"] = [];
  const progressed: string[] = [];
  const settled: { key: string; rates: readonly Rate[] }[] = [];
  const taken: { key: string; rates: readonly Rate[] }[] = [];
  const root = resolve(options.root ?? ".");
  const env = options.env ?? {};
  const found = <T>(parts: ReadonlyMap<string, T>, kind: string, name: string): T => {
    const part = parts.get(name);
    if (part === undefined) throw new StageError(`unknown-${kind}`, `there is no ${kind} ${name}`);
    return part;
  };
  const at = (level: string) => (message: string, fields?: JsonObject) => {
    logged.push({ level, message, fields });
  };
  return {
    now: Date.UTC(2026, 10, 22, 12),
    runStartedAt: Date.UTC(2026, 10, 22, 12),
    run: { id: "run_1", workflow: "sample", version: "1.0.0", stage: "work" },
    agents: options.agents ?? {},
    rulesets: {},
    signal: options.signal ?? new AbortController().signal,
    attempt: options.attempt ?? 1,
    idempotencyKey: options.idempotencyKey ?? "run_1/work",
    log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    ...(options.provider === undefined ? {} : { provider: options.provider }),
    async record<T extends Json>(key: string, step: () => Promise<{ value: T; usage?: Usage }>) {
      const kept = records.get(key);
      if (kept !== undefined) return kept.value as T;
      const done = await step();
      // As the journal would: a value is kept as JSON, and read back as JSON.
      records.set(key, JSON.parse(JSON.stringify(done)));
      return records.get(key)?.value as T;
    },
    atHost: (_url, request) => request(),
    takeTokens: async (key, rates) => void taken.push({ key, rates }),
    settleTokens: async (key, rates) => void settled.push({ key, rates }),
    emit: async () => 0,
    file(path) {
      const whole = resolve(root, path);
      if (whole !== root && !whole.startsWith(root + sep)) {
        throw new StageError("path-outside-project", `${path} is outside the project`);
      }
      return whole;
    },
    progress: (message) => void progressed.push(message),
    agreedPrice: (provider, model) => options.prices?.[`${provider}/${model}`],
    agentProvider: (name) => found(registry.providers, "provider", name),
    tool: (name) => found(registry.tools, "tool", name),
    notifier: (name) => found(registry.notifiers, "notifier", name),
    hasEnv: (name) => (env[name] ?? "") !== "",
    env: (name) => env[name],
    records,
    logged,
    progressed,
    taken,
    settled,
  };
}
