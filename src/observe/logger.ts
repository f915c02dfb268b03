import os from "node:os";
import type { JsonObject } from "../core/json.js";
import type { LogLevel } from "../core/log-level.js";

/** Says things about what goes on; the same as plugins are given. */
interface Logger {
  debug(message: string, fields?: JsonObject): void;
  info(message: string, fields?: JsonObject): void;
  warn(message: string, fields?: JsonObject): void;
  error(message: string, fields?: JsonObject): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** For a person at a terminal; else a JSON object a line. */
  readonly isPretty: boolean;
  write(line: string): void;
}

/** Loads pino: only processes that log pay for it. */
export async function openLogger({ level, isPretty, write }: LogOptions): Promise<Logger> {
  const { pino, stdTimeFunctions } = await import("pino");
  const logger = pino(
    {
      level,
      base: { pid: process.pid, host: os.hostname() },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: isPretty ? (line) => write(prettyLine(JSON.parse(line))) : write },
  );
  const say =
    (as: keyof Logger) =>
    (message: string, fields: JsonObject = {}) =>
      logger[as](fields, message);
  return { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** `12:01:02 WARN  attempt failed  run=… stage=pay attempt=1`. What it holds cannot move the cursor. */
function prettyLine({ time, level, msg, pid: _, host: __, ...fields }: JsonObject): string {
  const shown = Object.entries(fields).map(([name, value]) => {
    return `${name}=${typeof value === "string" && /^[\w./:#[\]-]+$/.test(value) ? value : JSON.stringify(value)}`;
  });
  const head = `${String(time).slice(11, 19)} ${String(level).toUpperCase().padEnd(5)} ${String(msg)}`;
  return `${[head, shown.join(" ")].filter(Boolean).join("  ").replace(CONTROL, " ")}\n`;
}
