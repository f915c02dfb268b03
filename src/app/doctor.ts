import fs from "node:fs";
import { type Config, osAccount } from "../config.js";
import { StagecraftError } from "../core/errors.js";
import type { Store, StoreStatus } from "../engine/ports.js";
import type { Registry } from "../plugin/registry.js";
import { type DefinitionEntry, type LoadedDefinition, shown } from "./definitions.js";
import type { WhoIs } from "./directory.js";
import type { Check, Finding } from "./finding.js";

/** What the examination may use of the rooms; each is asked once and may fail. */
export interface Patient {
  readonly config: Config;
  registry(): Promise<Registry>;
  store(): Promise<Store>;
  definitions(): Promise<readonly DefinitionEntry[]>;
  read(definition: string): Promise<LoadedDefinition>;
  readonly whoIs: WhoIs;
}

/** Looks at everything a run needs, changes nothing, and throws nothing: a fault is a finding. */
export async function examine(patient: Patient): Promise<readonly Check[]> {
  const looks: readonly (readonly [name: string, look: (patient: Patient) => Promise<Finding> | Finding])[] = [
    ["node", node],
    ["project", project],
    ["plugins", plugins],
    ["definitions", definitions],
    ["database", database],
    ["agents", agents],
    ["people", people],
    ...(patient.config.restate === undefined ? [] : [["restate", restate] as const, ["workers", workersOf] as const]),
  ];
  const checks: Check[] = [];
  for (const [name, look] of looks) checks.push({ name, ...(await findingOf(() => look(patient))) });
  return checks;
}

async function findingOf(look: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    const help = error instanceof StagecraftError ? error.help : undefined;
    return { status: "fail", found, ...(help === undefined ? {} : { help }) };
  }
}

/** The majors that are tested. */
const TESTED = [20, 22, 24];
const TESTED_RESTATE = "1.7.";
const [OLDEST_POSTGRES, NEWEST_POSTGRES] = [15, 18];
/** Settings of PostgreSQL without which acknowledged does not mean on disk. */
const KEEPING = ["fsync", "synchronous_commit", "full_page_writes"];

function node(): Finding {
  const found = `${process.versions.node} on ${process.platform} ${process.arch}`;
  if (TESTED.includes(Number(process.versions.node.split(".")[0]))) return { status: "ok", found };
  return { status: "warn", found, help: `tested are Node.js ${TESTED.join(", ")}` };
}

function project({ config }: Patient): Finding {
  return { status: "ok", found: `${shown(config.project)}, ${config.concurrency} effects at a time` };
}

async function plugins({ registry }: Patient): Promise<Finding> {
  const known = await registry();
  return { status: "ok", found: `${known.plugins.length}, with ${known.stages.size} stage types` };
}

async function definitions({ config, definitions: list, read }: Patient): Promise<Finding> {
  const entries = await list();
  if (entries.length === 0) {
    return { status: "warn", found: `none in ${shown(config.definitions)}`, help: "npx stagecraft init" };
  }
  const readings = await Promise.all(entries.map(({ file }) => read(file)));
  const broken = readings.filter(({ reading }) => reading.plan === undefined);
  if (broken.length === 0) return { status: "ok", found: `${entries.length}, all valid` };
  const files = broken.map(({ file }) => file).join(", ");
  return { status: "fail", found: `${files} of ${entries.length} not valid`, help: "npx stagecraft validate" };
}

async function database({ config, store }: Patient): Promise<Finding> {
  const { db, dbShown } = config;
  const isFile = !/^(\w{2,}:)/.test(db);
  if (isFile && !fs.existsSync(db)) return { status: "ok", found: `${shown(db)}: made by the first run` };
  const opened = await store();
  const [newest] = await opened.listRuns({ limit: 1 });
  const found = `opens, ${newest === undefined ? "no runs yet" : `newest run ${newest.id}`}`;
  return isFile
    ? { status: "ok", found: `${shown(db)} ${found}` }
    : server(`${dbShown} ${found}`, await opened.status());
}

/** Is it a version that was tried, and does it keep what it acknowledges? */
function server(opened: string, { settings }: StoreStatus): Finding {
  const { server_version: version } = settings;
  if (version === undefined) return { status: "ok", found: opened };
  const found = `${opened}, PostgreSQL ${version}`;
  const loose = KEEPING.filter((name) => settings[name] === "off");
  if (loose.length > 0) {
    const help = "with these off a crash of the server loses what was acknowledged: ALTER SYSTEM SET … = on";
    return { status: "warn", found: `${found}, ${loose.join(" and ")} off`, help };
  }
  const major = Number.parseInt(version, 10);
  if (major >= OLDEST_POSTGRES && major <= NEWEST_POSTGRES) return { status: "ok", found };
  return { status: "warn", found, help: `tested are PostgreSQL ${OLDEST_POSTGRES} and ${NEWEST_POSTGRES}` };
}

function agents({ config }: Patient): Finding {
  const named = ["OPENAI_API_KEY", "OPENAI_BASE_URL"].filter((name) => config.env(name) !== undefined);
  if (named.length > 0) return { status: "ok", found: `auto is openai: ${named.join(" and ")} set` };
  return { status: "ok", found: "auto is the embedded extractor: neither OPENAI_API_KEY nor OPENAI_BASE_URL is set" };
}

async function people({ config, whoIs }: Patient): Promise<Finding> {
  if (config.directory !== undefined) {
    // That it knows nobody of this name is an answer.
    await whoIs({ user: osAccount(), roles: [], groups: [], via: "doctor" }).catch((error: StagecraftError) => {
      if (error.kind !== "denied") throw error;
    });
    return { status: "ok", found: `the directory ${config.directory.provider} answers` };
  }
  if (config.users.size > 0) return { status: "ok", found: `${config.users.size} users configured` };
  return {
    status: "warn",
    found: "nobody configured: whoever runs a command acts under the name of their account",
    help: "identities.users in stagecraft.config.yaml says who has which role",
  };
}

/** Does the server answer, in a version that was tried, and do workers of this project stand behind it? */
async function restate({ config }: Patient): Promise<Finding> {
  const [{ clientOf }, { NAMES }] = await Promise.all([
    import("../backend/restate/client.js"),
    import("../backend/restate/settings.js"),
  ]);
  const settings = config.restate as NonNullable<Config["restate"]>;
  const client = clientOf(settings);
  const [version, workers] = [await client.version(), await client.workers()];
  const found = `Restate ${version} at ${settings.ingress}`;
  if (!(await client.isUp())) return { status: "fail", found: `${found} takes in no work`, help: "look at its log" };
  const ours = workers.filter(({ services }) => services.includes(NAMES.run)).map(({ uri }) => uri.replace(/\/$/, ""));
  if (!ours.includes(settings.workers)) {
    return { status: "warn", found: `${found}, no workers at ${settings.workers}`, help: "npx stagecraft worker" };
  }
  if (!version.startsWith(TESTED_RESTATE)) {
    return { status: "warn", found, help: `tested is Restate ${TESTED_RESTATE}x` };
  }
  return { status: "ok", found: `${found}, workers at ${settings.workers}` };
}

async function workersOf({ config }: Patient): Promise<Finding> {
  const { workers } = await import("./doctor-workers.js");
  return workers(config.restate as NonNullable<Config["restate"]>);
}
