import type { Config } from "../config.js";
import { maskFor } from "../engine/mask.js";
import type { Listener, Secrets } from "../engine/ports.js";
import { lineOf } from "../observe/event-lines.js";
import { openLogger } from "../observe/logger.js";
import type { Logger } from "../plugin/api.js";
import { stderrLogger } from "./host.js";

/** Secrets, and every value that was ever given out. */
export interface WatchedSecrets extends Secrets {
  readonly seen: ReadonlySet<string>;
}

export function watched(secrets: Secrets): WatchedSecrets {
  const seen = new Set<string>();
  return {
    seen,
    async get(name) {
      const value = await secrets.get(name);
      if (value !== undefined) seen.add(value);
      return value;
    },
  };
}

/** What goes to stderr: lines for programs or a person where a level is configured, else warnings and errors in plain words. */
export async function logOf({ log: level }: Config, { seen }: WatchedSecrets): Promise<Logger> {
  if (level === undefined) return stderrLogger;
  const { stderr } = process;
  const log = await openLogger({ level, isPretty: stderr.isTTY === true, write: (line) => void stderr.write(line) });
  let known = 0;
  let mask = maskFor([]);
  const say =
    (as: keyof Logger): Logger[keyof Logger] =>
    (message, fields) => {
      // A value is made unreadable from the first line on that follows its giving out.
      if (known !== seen.size) mask = maskFor([...seen]);
      known = seen.size;
      log[as](mask.text(message), mask.json(fields));
    };
  return { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
}

/** Logs what is on disk of runs that are driven here. */
export function eventLog({ log: level, encryption }: Config, log: Logger): Listener | undefined {
  if (level === undefined || level === "silent") return undefined;
  return (run, recorded) => {
    for (const one of recorded) {
      const { level: as, message, fields } = lineOf(run, one, encryption?.key === undefined);
      log[as](message, fields);
    }
  };
}
