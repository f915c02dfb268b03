import { type Config, osAccount, standsInFor } from "../config.js";
import type { Actor } from "../core/approval.js";
import { StagecraftError } from "../core/errors.js";
import { isObject, type JsonObject, type JsonSchema } from "../core/json.js";
import { explainFaults } from "../definition/index.js";
import { maskFor } from "../engine/mask.js";
import type { Secrets } from "../engine/ports.js";
import type { DirectoryPerson } from "../plugin/api.js";
import type { Registry } from "../plugin/registry.js";

/** Somebody as they may act now: with the roles and groups they have at this moment, and whom they stand in for. */
export type WhoIs = (actor: Actor) => Promise<Actor>;

type Find = (user: string) => Promise<DirectoryPerson | undefined>;

/** Milliseconds after which a silent directory counts as one that cannot answer. */
const PATIENCE_MS = 10_000;

/**
 * What the project file says of a person together with what the project's directory says. Nothing is remembered from one
 * question to the next: whoever lost a role has lost it.
 * @param now milliseconds since the epoch
 */
export function whoIsOf(config: Config, registry: () => Promise<Registry>, secrets: Secrets, now: () => number): WhoIs {
  const find = config.directory === undefined ? undefined : findIn(config.directory, registry, secrets);
  return async (claimed) => {
    const found = await find?.(claimed.user);
    if (find !== undefined && found === undefined && !config.users.has(claimed.user)) throw unknown(claimed.user);
    if (claimed.via === "cli" && found?.osUser !== undefined && found.osUser !== osAccount()) {
      throw new StagecraftError("not-permitted", `${osAccount()} may not act as ${found.user}`, { kind: "denied" });
    }
    const user = found?.user ?? claimed.user;
    const placesOf = [...standsInFor(config, user, now()), ...(found?.actsFor ?? [])];
    const others = [...new Set(placesOf)].filter((name) => !claimed.actsFor?.some((person) => person.user === name));
    const actsFor = await Promise.all(others.map(async (name) => person(config, name, await find?.(name))));
    const everybody = [...(claimed.actsFor ?? []), ...actsFor];
    return {
      ...person(config, user, found, claimed),
      via: claimed.via,
      ...(everybody.length === 0 ? {} : { actsFor: everybody }),
    };
  };
}

type Told = Pick<Actor, "roles" | "groups">;

/** All that anybody says of them. */
function person({ users }: Config, asked: string, found?: DirectoryPerson, claimed?: Told) {
  const user = found?.user ?? asked;
  const told = [claimed, users.get(user), found];
  const all = (part: keyof Told) => [...new Set(told.flatMap((one) => one?.[part] ?? []))];
  return { user, roles: all("roles"), groups: all("groups") };
}

const NAMES = { type: "array", items: { type: "string" } };
const PERSON: JsonSchema = {
  type: "object",
  required: ["user", "roles", "groups"],
  properties: {
    user: { type: "string", minLength: 1 },
    roles: NAMES,
    groups: NAMES,
    actsFor: NAMES,
    osUser: { type: "string" },
  },
};

/** Asks the directory, and takes nothing for an answer that is none. */
function findIn(
  { provider, settings }: NonNullable<Config["directory"]>,
  registry: () => Promise<Registry>,
  secrets: Secrets,
): Find {
  return async (user) => {
    const directory = await directoryOf(registry, provider, settings);
    const asked: string[] = [];
    const secret = async (name: string) => {
      const value = await secrets.get(name);
      if (value !== undefined) asked.push(value);
      return value;
    };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    try {
      const found = await Promise.race([directory.find(user, settings, { signal, secret }), aborted(signal)]);
      const fault = found === undefined ? undefined : faultOf(found);
      if (fault === undefined) return found;
      throw new Error(fault);
    } catch (error) {
      const why = signal.aborted ? `no answer in ${PATIENCE_MS / 1000} s` : String((error as Error)?.message ?? error);
      throw new StagecraftError(
        "directory-unavailable",
        `the directory ${provider} cannot say who ${user} is: ${maskFor(asked).text(why)}`,
        { kind: "environment", help: "nothing was decided: the approval is open as before; try again when it answers" },
      );
    }
  };
}

function faultOf(found: DirectoryPerson): string | undefined {
  return isObject(found) ? explainFaults(PERSON, found as unknown as JsonObject) : "what it answered is no person";
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

/** @throws StagecraftError `directory-unknown`, `directory-settings` */
async function directoryOf(registry: () => Promise<Registry>, name: string, settings: JsonObject) {
  const { directories } = await registry();
  const directory = directories.get(name);
  if (directory === undefined) {
    const known = [...directories.keys()].join(", ") || "none; a plugin brings one";
    throw new StagecraftError("directory-unknown", `no plugin brings the directory of people ${name}`, {
      kind: "environment",
      help: `known: ${known}`,
    });
  }
  const fault = explainFaults(directory.settings, settings);
  if (fault === undefined) return directory;
  throw new StagecraftError("directory-settings", `the settings of the directory of people ${name}: ${fault}`, {
    kind: "environment",
    help: "identities.directory.settings in stagecraft.config.yaml",
  });
}

function unknown(user: string): StagecraftError {
  return new StagecraftError("unknown-user", `neither the project nor its directory knows ${user}`, { kind: "denied" });
}
