/** Reads `stagecraft.config.yaml` against its schema; every fault is told with its place. */
import fs from "node:fs";
import path from "node:path";
import type { ErrorObject } from "ajv";
import { StagecraftError } from "../core/errors.js";
import type { JsonObject } from "../core/json.js";

export const CONFIG_FILE = "stagecraft.config.yaml";

/** Who a configured person is. */
export interface User {
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  /** The account of the operating system that may act as this user; without it any account may. */
  readonly osUser?: string;
}

/** Somebody decides in another's place for a time. Days are whole days in UTC, both included. */
export interface Delegation {
  readonly from: string;
  readonly to: string;
  readonly since?: string;
  readonly until?: string;
}

/** What the file may say; everything is optional. */
export interface ProjectFile {
  readonly db?: string;
  readonly driver?: "sqlite3" | "better-sqlite3";
  readonly definitions?: string;
  readonly plugins?: readonly string[];
  readonly identities?: {
    readonly users?: Readonly<Record<string, Partial<User> | null>>;
    readonly delegations?: readonly Delegation[];
    readonly directory?: { readonly provider: string; readonly settings?: JsonObject };
  };
  readonly concurrency?: number;
  readonly hosts?: Readonly<Record<string, number>>;
  readonly prices?: string;
  readonly allow?: { readonly shell?: boolean };
  readonly notify?: Readonly<Record<string, JsonObject>>;
  readonly audit?: { readonly key?: string };
  readonly secrets?: { readonly folder?: string; readonly provider?: string; readonly settings?: JsonObject };
  readonly encryption?: { readonly key?: string; readonly previous?: readonly string[] };
  readonly server?: { readonly tokenFile?: string; readonly hosts?: readonly string[]; readonly queue?: number };
  readonly backend?: "local" | "restate";
  readonly restate?: {
    readonly ingress?: string;
    readonly admin?: string;
    readonly listen?: string;
    readonly workers?: string;
    readonly identityKeys?: readonly string[];
    readonly graceSeconds?: number;
  };
}

const names = { type: "array", items: { type: "string", minLength: 1 }, uniqueItems: true };
const closed = (properties: object) => ({ type: "object", additionalProperties: false, properties });

const user = { type: "string", minLength: 1 };
const secret = { type: "string", pattern: "^\\w+$" };
const origin = { type: "string", pattern: "^https?://[^/?#@]+$" };
const hostAndPort = { type: "string", pattern: "^.+:[0-9]{1,5}$" };
const identityKeys = { ...names, items: { type: "string", pattern: "^publickeyv1_[1-9A-HJ-NP-Za-km-z]{32,44}$" } };
const day = { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d)?(Z|[+-]\\d\\d:\\d\\d))?$" };

const SCHEMA = closed({
  db: { type: "string", minLength: 1 },
  driver: { enum: ["sqlite3", "better-sqlite3"] },
  definitions: { type: "string", minLength: 1 },
  plugins: names,
  identities: closed({
    users: {
      type: "object",
      additionalProperties: {
        ...closed({ roles: names, groups: names, osUser: { type: "string", minLength: 1 } }),
        type: ["object", "null"],
      },
    },
    delegations: {
      type: "array",
      items: { ...closed({ from: user, to: user, since: day, until: day }), required: ["from", "to"] },
    },
    directory: {
      ...closed({ provider: { type: "string", minLength: 1 }, settings: { type: "object" } }),
      required: ["provider"],
    },
  }),
  concurrency: { type: "integer", minimum: 1, maximum: 10_000 },
  hosts: {
    type: "object",
    // What a URL shows after `//`: lower case, the port only where it is not the usual one.
    propertyNames: { pattern: "^[a-z0-9.-]+(:[0-9]+)?$|^\\[[0-9a-f:.]+\\](:[0-9]+)?$" },
    additionalProperties: { type: "integer", minimum: 1, maximum: 10_000 },
  },
  prices: { type: "string", minLength: 1 },
  allow: closed({ shell: { type: "boolean" } }),
  notify: { type: "object", additionalProperties: { type: "object" } },
  secrets: closed({
    folder: { type: "string", minLength: 1 },
    provider: { type: "string", minLength: 1 },
    settings: { type: "object" },
  }),
  encryption: closed({ key: secret, previous: { type: "array", items: secret, uniqueItems: true } }),
  audit: closed({ key: { type: "string", minLength: 1 } }),
  server: closed({
    tokenFile: { type: "string", minLength: 1 },
    hosts: names,
    queue: { type: "integer", minimum: 1, maximum: 1_000_000 },
  }),
  backend: { enum: ["local", "restate"] },
  restate: closed({
    ...{ ingress: origin, admin: origin, listen: hostAndPort, workers: origin, identityKeys },
    graceSeconds: { type: "integer", minimum: 0, maximum: 86_400 },
  }),
});

/** Empty where there is no such file. @throws StagecraftError `config-invalid` */
export async function readProjectFile(file: string): Promise<ProjectFile> {
  if (!fs.existsSync(file)) return {};
  // Loaded only where there is a file to read: they cost more than the rest of the start.
  const [{ Ajv }, { LineCounter, parseDocument }] = await Promise.all([import("ajv"), import("yaml")]);
  const lines = new LineCounter();
  const document = parseDocument(fs.readFileSync(file, "utf8"), { lineCounter: lines });
  const name = path.relative(process.cwd(), file) || file;
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    throw invalid(broken.map(({ message, pos }) => `${place(pos[0])} ${message.split("\n")[0]}`));
  }
  const value = document.toJS({ maxAliasCount: 100 }) ?? {};
  const check = new Ajv({ allErrors: true, allowUnionTypes: true, verbose: true }).compile<ProjectFile>(SCHEMA);
  if (check(value)) return value;
  const offset = (error: ErrorObject): number => {
    const keys = error.instancePath.split("/").slice(1).map(unescapePointer);
    const node = document.getIn(keys, true) as { range?: [number] } | undefined;
    return node?.range?.[0] ?? 0;
  };
  throw invalid((check.errors ?? []).map((error) => `${place(offset(error))} ${explain(error)}`));
}

function explain(error: ErrorObject): string {
  const where = error.instancePath.slice(1).replaceAll("/", ".");
  if (error.keyword === "additionalProperties") {
    const known = Object.keys((error.parentSchema?.["properties"] ?? SCHEMA.properties) as object).join(", ");
    return `unknown key ${error.params["additionalProperty"]}${where ? ` in ${where}` : ""} (known: ${known})`;
  }
  if (error.keyword === "enum")
    return `${where} must be one of ${(error.params["allowedValues"] as readonly string[]).join(", ")}`;
  return `${where || "the file"} ${error.message}`;
}

function unescapePointer(key: string): string {
  return key.replaceAll("~1", "/").replaceAll("~0", "~");
}

function invalid(problems: readonly string[]): StagecraftError {
  return new StagecraftError("config-invalid", problems.join("\n"), {
    help: `${CONFIG_FILE} knows: ${Object.keys(SCHEMA.properties).join(", ")}`,
  });
}
