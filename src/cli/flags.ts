import { Args, Flags } from "@oclif/core";
import { parseDuration } from "../core/duration.js";
import { StagecraftError } from "../core/errors.js";

/** A RUN: an id, a unique prefix of one, or `--last`. */
export const runArgs = {
  run: Args.string({ description: "id of the run, or the beginning of one", required: false }),
};

export const lastFlag = { last: Flags.boolean({ description: "the run that was started last" }) };

export const asFlag = {
  as: Flags.string({ description: "act as this configured user", helpValue: "<user>" }),
};

export const waitFlag = {
  /** Milliseconds. */
  wait: Flags.custom<number>({
    description: "how long to wait for timers before giving the terminal back; 60s without it",
    default: 60_000,
    defaultHelp: async () => undefined,
    helpValue: "<duration>",
    parse: async (text) => duration(text),
  })(),
};

export const eventsFlag = {
  events: Flags.boolean({ description: "with --json: every event as a line, the result last", dependsOn: ["json"] }),
};

export const backendFlag = {
  backend: Flags.custom<"local" | "restate">({
    description: "who drives runs (STAGECRAFT_BACKEND)",
    options: ["local", "restate"],
    helpValue: "local|restate",
  })(),
};

const cassetteFlags = {
  record: Flags.string({
    description: "keep what models answer, a file each, in this folder",
    helpValue: "<folder>",
    exclusive: ["replay"],
  }),
  replay: Flags.string({ description: "models answer what was recorded in this folder", helpValue: "<folder>" }),
};

/** What every command takes that drives a run. */
export const driveFlags = { ...asFlag, ...waitFlag, ...eventsFlag, ...cassetteFlags };

/** What every command takes that drives a run which is there already. */
export const controlFlags = { ...lastFlag, ...driveFlags };

export const reasonFlag = {
  reason: Flags.string({ description: "why; kept in the journal", helpValue: "<text>" }),
};

/** What `App.findRun` takes. @throws StagecraftError `missing-argument` */
export function runReference(run: string | undefined, last: boolean): string {
  if (run !== undefined && last) {
    throw new StagecraftError("invalid-flag", "name a run or say --last, not both");
  }
  if (last) return "last";
  if (run === undefined) {
    throw new StagecraftError("missing-argument", "which run?", {
      help: "give its id, the beginning of it, or --last; `stagecraft runs ls` lists them",
    });
  }
  return run;
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new StagecraftError("invalid-flag", `${text} is not a duration`, { help: "such as 500ms, 90s, 2h30m" });
}

/** Milliseconds since the epoch: an age such as `24h`, or a date. @throws StagecraftError `invalid-flag` */
export function momentFlag(name: string, text: string, now: number): number {
  const age = parseDuration(text);
  if (age !== undefined) return now - age;
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new StagecraftError("invalid-flag", `--${name} ${text} is neither an age nor a date`, {
    help: "such as 24h or 2026-11-22",
  });
}
