/** The only reader of the environment. Precedence: flag, environment, `stagecraft.config.yaml`, default. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { CONFIG_FILE, type ProjectFile, readProjectFile, type User } from "./config/file.js";
import { actorOf, type People } from "./config/people.js";
import { readPrices } from "./config/prices.js";
import { shownAddress } from "./core/address.js";
import type { Actor } from "./core/approval.js";
import { StagecraftError } from "./core/errors.js";
import type { JsonObject } from "./core/json.js";
import { LOG_LEVELS, type LogLevel } from "./core/log-level.js";
import type { PriceRow } from "./core/price.js";

export { CONFIG_FILE, type User } from "./config/file.js";
export { actorOf, standsInFor } from "./config/people.js";
export { LOG_LEVELS } from "./core/log-level.js";

/** Where a project is, and how it is set. Paths are absolute. */
export interface Config extends People {
  readonly project: string;
  /** Path of the SQLite file, or a database URL. */
  readonly db: string;
  /** The same without what is secret in it. */
  readonly dbShown: string;
  /** The package that carries SQLite; the second is not installed with Stagecraft. */
  readonly driver: "sqlite3" | "better-sqlite3";
  readonly definitions: string;
  /** Plugin files and folders, beside the project's `plugins/`. */
  readonly plugins: readonly string[];
  /** A plugin's directory of people, and what it is told: asked beside `users` at each decision. */
  readonly directory?: { readonly provider: string; readonly settings: JsonObject };
  /** Effects in flight in one process. */
  readonly concurrency: number;
  /** Requests of one process at a time to one host. */
  readonly hosts: ReadonlyMap<string, number>;
  /** The project's own price table, none of what providers list. */
  readonly prices: readonly PriceRow[];
  readonly allow: { readonly shell: boolean };
  /** Settings of notification channels, by the name that `via:` uses. */
  readonly notify: Readonly<Record<string, JsonObject>>;
  /** Where secrets lie that are not in the environment. */
  readonly secrets: SecretSettings;
  /** The secrets whose keys data is encrypted with: new data with `key`; what `previous` encrypted is still read. */
  readonly encryption?: { readonly key?: string; readonly previous: readonly string[] };
  /** The key that signs what is exported of the audit trail. */
  readonly auditKey: string;
  readonly server: ServerSettings;
  /** Where answers of models are kept, or come from. */
  readonly cassette?: CassetteSettings;
  /** Where the Restate server and its workers are; without it, processes of Stagecraft drive the runs by themselves. */
  readonly restate?: RestateSettings;
  /** What is logged, as lines for programs; undefined: warnings and errors, in words. */
  readonly log?: LogLevel;
  /** A variable of the environment; empty counts as not set. */
  readonly env: (name: string) => string | undefined;
}

/** Addresses, as the project file has them under `restate`. */
export interface RestateSettings {
  readonly ingress: string;
  readonly admin: string;
  /** `host:port` of a worker on this machine. */
  readonly listen: string;
  /** Where the server reaches the workers. */
  readonly workers: string;
  readonly identityKeys: readonly string[];
  readonly graceSeconds: number;
}

export interface SecretSettings {
  /** A file each, named like the secret. */
  readonly folder?: string;
  /** A plugin's, asked last, and what it is told. */
  readonly provider?: string;
  readonly settings: JsonObject;
}

/** A folder of recorded calls. */
export interface CassetteSettings {
  readonly mode: "record" | "replay";
  readonly folder: string;
}

/** Of `serve` and `dev`. */
export interface ServerSettings {
  /** Whose tokens the server takes; without it, one that is made when it starts. */
  readonly tokenFile?: string;
  /** Names it may be asked for under, beside those of this machine. */
  readonly hosts: readonly string[];
  /** Runs that may wait for a process to drive them: those who ask for more are told to come again. */
  readonly queue: number;
}

/** What flags said; relative paths are taken from `cwd`. */
export interface ConfigOverrides {
  readonly cwd?: string;
  readonly config?: string;
  readonly db?: string;
  readonly concurrency?: number;
  readonly cassette?: CassetteSettings;
  readonly backend?: "local" | "restate";
  /** Of a worker, for Restate. */
  readonly listen?: string;
  readonly logLevel?: string;
  /** Where neither a flag nor the environment says one. */
  readonly usualLogLevel?: LogLevel;
}

/** @throws StagecraftError `config-not-found`, `config-invalid` */
export async function loadConfig(overrides: ConfigOverrides = {}): Promise<Config> {
  const cwd = overrides.cwd ?? process.cwd();
  const named = overrides.config ?? variable("STAGECRAFT_CONFIG");
  const file = named === undefined ? undefined : path.resolve(cwd, named);
  if (file !== undefined && !fs.existsSync(file)) {
    throw new StagecraftError("config-not-found", `there is no file ${named}`, {
      help: "check --config and STAGECRAFT_CONFIG",
    });
  }
  const project = file === undefined ? findProject(cwd) : path.dirname(file);
  loadDotEnv(project);
  const settings = await readProjectFile(file ?? path.join(project, CONFIG_FILE));
  const db = database(cwd, project, overrides.db, settings.db);
  return {
    project,
    db,
    dbShown: shownAddress(db),
    driver: settings.driver ?? "sqlite3",
    definitions: path.resolve(project, settings.definitions ?? "definitions"),
    plugins: (settings.plugins ?? []).map((plugin) => path.resolve(project, plugin)),
    users: users(settings),
    delegations: delegations(settings),
    ...(settings.identities?.directory && { directory: { settings: {}, ...settings.identities.directory } }),
    concurrency: overrides.concurrency ?? concurrencyFromEnvironment() ?? settings.concurrency ?? 16,
    hosts: new Map(Object.entries(settings.hosts ?? {})),
    prices: settings.prices === undefined ? [] : await readPrices(path.resolve(project, settings.prices)),
    allow: { shell: settings.allow?.shell ?? false },
    notify: settings.notify ?? {},
    secrets: secretSettings(project, settings.secrets),
    ...(settings.encryption && { encryption: { previous: [], ...settings.encryption } }),
    auditKey: path.resolve(project, settings.audit?.key ?? ".stagecraft/audit-key.pem"),
    server: serverSettings(project, settings.server),
    ...logSettings(overrides),
    ...(overrides.cassette === undefined
      ? {}
      : { cassette: { ...overrides.cassette, folder: path.resolve(cwd, overrides.cassette.folder) } }),
    ...restateSettings(settings, overrides),
    env: variable,
  };
}

/** The actor behind a command, with whom they stand in for today. @throws StagecraftError `unknown-user`, or `not-permitted` of kind `denied` */
export function identify(config: Config, as?: string): Actor {
  const account = osAccount();
  // What a directory says of a person is asked when they decide.
  const isElsewhere = config.directory !== undefined && as !== undefined && !config.users.has(as);
  if (config.users.size === 0 || isElsewhere) return { user: as ?? account, roles: [], groups: [], via: "cli" };
  const name = as ?? [...config.users].find(([id, user]) => (user.osUser ?? id) === account)?.[0];
  // Nobody is configured for this account: it acts as itself, entitled to nothing.
  if (name === undefined) return { user: account, roles: [], groups: [], via: "cli" };
  const user = config.users.get(name);
  if (!user) {
    throw new StagecraftError("unknown-user", `no user ${name} is configured`, {
      help: `configured users: ${[...config.users.keys()].join(", ")}`,
    });
  }
  if (user.osUser !== undefined && user.osUser !== account) {
    throw new StagecraftError("not-permitted", `${account} may not act as ${name}`, { kind: "denied" });
  }
  return actorOf(config, name, "cli", Date.now()) as Actor;
}

/** Turns colours off for this process and for what it starts. */
export function disableColor(): void {
  process.env["NO_COLOR"] = "1";
  delete process.env["FORCE_COLOR"];
}

/** True where a terminal cannot move its cursor. */
export function isDumbTerminal(): boolean {
  return variable("TERM") === "dumb" || variable("CI") !== undefined;
}

function variable(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}

function findProject(cwd: string): string {
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    const marks = [CONFIG_FILE, "definitions"].map((name) => path.join(folder, name));
    if (marks.some((mark) => fs.existsSync(mark))) return folder;
    if (folder === path.dirname(folder)) return cwd;
  }
}

/** Variables that are already set win over the file. */
function loadDotEnv(project: string): void {
  const file = path.join(project, ".env");
  if (fs.existsSync(file)) process.loadEnvFile(file);
}

/** A database as a person names it: a URL, or a path from where they are. */
export function databaseAt(cwd: string, given: string): string {
  return isUrl(given) ? given : path.resolve(cwd, given);
}

function database(cwd: string, project: string, flag?: string, fromFile?: string): string {
  const given = flag ?? variable("STAGECRAFT_DB");
  if (given !== undefined) return databaseAt(cwd, given);
  if (fromFile !== undefined && isUrl(fromFile)) return fromFile;
  return path.resolve(project, fromFile ?? ".stagecraft/stagecraft.sqlite");
}

function isUrl(text: string): boolean {
  return text === ":memory:" || /^[a-z]+:\/\//.test(text);
}

function concurrencyFromEnvironment(): number | undefined {
  const text = variable("STAGECRAFT_CONCURRENCY");
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new StagecraftError("config-invalid", `STAGECRAFT_CONCURRENCY is ${text}; it must be a number from 1 to 9999`);
}

function logSettings({ logLevel, usualLogLevel }: ConfigOverrides): Pick<Config, "log"> {
  const level = logLevel ?? variable("STAGECRAFT_LOG_LEVEL") ?? usualLogLevel;
  if (level === undefined) return {};
  const known = LOG_LEVELS.find((one) => one === level);
  if (known !== undefined) return { log: known };
  throw new StagecraftError("config-invalid", `there is no log level ${level}`, {
    help: `levels: ${LOG_LEVELS.join(", ")} (--log-level, STAGECRAFT_LOG_LEVEL)`,
  });
}

function users(settings: ProjectFile): ReadonlyMap<string, User> {
  const entries = Object.entries(settings.identities?.users ?? {});
  return new Map(
    entries.map(([name, user]) => [
      name,
      { roles: user?.roles ?? [], groups: user?.groups ?? [], ...(user?.osUser ? { osUser: user.osUser } : {}) },
    ]),
  );
}

/** @throws StagecraftError `config-invalid`: somebody in it is no configured user */
function delegations({ identities }: ProjectFile): Config["delegations"] {
  const list = identities?.delegations ?? [];
  if (identities?.directory !== undefined) return list;
  for (const name of list.flatMap(({ from, to }) => [from, to])) {
    if (Object.hasOwn(identities?.users ?? {}, name)) continue;
    throw new StagecraftError("config-invalid", `identities.delegations names ${name}, who is no configured user`);
  }
  return list;
}

function secretSettings(project: string, { folder, ...rest }: ProjectFile["secrets"] = {}): SecretSettings {
  return { settings: {}, ...rest, ...(folder !== undefined && { folder: path.resolve(project, folder) }) };
}

function serverSettings(
  project: string,
  { tokenFile, hosts = [], queue = 1_000 }: ProjectFile["server"] = {},
): ServerSettings {
  return { hosts, queue, ...(tokenFile !== undefined && { tokenFile: path.resolve(project, tokenFile) }) };
}

/** Empty where runs are driven locally. @throws StagecraftError `config-invalid` */
function restateSettings(
  { backend: named, restate: set = {} }: ProjectFile,
  overrides: ConfigOverrides,
): Pick<Config, "restate"> {
  const backend = overrides.backend ?? variable("STAGECRAFT_BACKEND") ?? named ?? "local";
  if (backend === "local") return {};
  if (backend !== "restate") {
    throw new StagecraftError("config-invalid", `STAGECRAFT_BACKEND is ${backend}; it must be local or restate`);
  }
  const listen = overrides.listen ?? set.listen ?? "127.0.0.1:9080";
  const [ingress, admin] = [set.ingress ?? "http://127.0.0.1:8080", set.admin ?? "http://127.0.0.1:9070"];
  return {
    restate: {
      ingress,
      admin,
      listen,
      workers: set.workers ?? `http://${listen}`,
      identityKeys: set.identityKeys ?? [],
      graceSeconds: set.graceSeconds ?? 5,
    },
  };
}

/** Who runs this process. */
export function osAccount(): string {
  try {
    return os.userInfo().username;
  } catch {
    // Containers run under ids that have no account.
    return variable("USER") ?? `uid-${process.getuid?.() ?? "unknown"}`;
  }
}
