import { createHash, randomInt } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { CassetteSettings, Config } from "../config.js";
import { StageError } from "../core/errors.js";
import { explainFaults } from "../definition/index.js";
import { type Cassette, player, recorder } from "../engine/cassettes.js";
import type { Clock, Host, Secrets, Store } from "../engine/ports.js";
import { steadily } from "../engine/steadily.js";
import type { Logger } from "../plugin/api.js";
import type { Registry } from "../plugin/registry.js";
import { processOwner } from "../store/owner.js";

/** The longest a Node timer can be set for: milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const wallClock: Clock = {
  now: () => Date.now(),
  at(at, wake) {
    let timer: NodeJS.Timeout;
    const wait = () => {
      const left = at - Date.now();
      timer = setTimeout(left <= LONGEST_TIMER ? wake : wait, Math.max(0, Math.min(left, LONGEST_TIMER)));
    };
    wait();
    return () => clearTimeout(timer);
  },
  every: steadily,
};

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Everything the engine is given, out of the project's configuration. */
export function hostOf(config: Config, secrets: Secrets, store: Store, registry: Registry, log: Logger): Host {
  return {
    store,
    secrets,
    registry,
    log,
    clock: wallClock,
    owner: processOwner(),
    concurrency: config.concurrency,
    hosts: config.hosts,
    prices: config.prices,
    validate: explainFaults,
    newId: idMaker(),
    sha256,
    file: (name) => fileInside(config.project, name),
    env: config.env,
    ...(config.cassette === undefined ? {} : { cassette: cassetteOf(config.cassette) }),
    channel(name) {
      const { via, ...settings } = Object.hasOwn(config.notify, name) ? (config.notify[name] ?? {}) : {};
      return { via: typeof via === "string" ? via : name, settings };
    },
  };
}

function cassetteOf({ mode, folder }: CassetteSettings): Cassette {
  return mode === "record" ? recorder(folder) : player(folder);
}

/** `mi9x2k4f-7q3d`: the time in base 36, so that later ids sort after earlier ones, and chance behind it. */
function idMaker(): () => string {
  let last = 0;
  return () => {
    last = Math.max(Date.now(), last + 1);
    const chance = randomInt(36 ** 4)
      .toString(36)
      .padStart(4, "0");
    return `${last.toString(36)}-${chance}`;
  };
}

/** Links are followed before the place is judged, as far as the path exists. */
export function fileInside(project: string, name: string): string {
  const root = fs.realpathSync(project);
  const file = path.resolve(root, name);
  let existing = file;
  while (!fs.existsSync(existing)) existing = path.dirname(existing);
  const real = path.join(fs.realpathSync(existing), path.relative(existing, file));
  if (real !== root && !real.startsWith(root + path.sep)) {
    throw new StageError("path-outside-project", `${name} is outside the project`);
  }
  return real;
}

/** Warnings and errors, one line each on stderr. */
export const stderrLogger: Logger = {
  debug() {},
  info() {},
  warn: (message) => void process.stderr.write(`warning: ${message}\n`),
  error: (message) => void process.stderr.write(`error: ${message}\n`),
};
