import { stripVTControlCharacters } from "node:util";
import { StagecraftError } from "../core/errors.js";
import { nearest } from "../core/suggest.js";
import { EXIT, type ExitCode } from "./exit.js";

/** An error as a person or a script is told it. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  readonly exit: ExitCode;
  /** Only with a fault of ours. */
  readonly stack?: string;
}

/** oclif's error classes to our codes. */
const PARSE_CODES: Readonly<Record<string, string>> = {
  NonExistentFlagsError: "unknown-flag",
  RequiredArgsError: "missing-argument",
  UnexpectedArgsError: "unexpected-argument",
  InvalidArgsSpecError: "internal",
  ArgInvalidOptionError: "invalid-argument",
  FlagInvalidOptionError: "invalid-flag",
  FailedFlagValidationError: "invalid-flag",
  FailedFlagParsingError: "invalid-flag",
};

const REPORT = "this is a fault in Stagecraft: please report it with the lines above";

export function describeFault(error: unknown, command?: string): Fault {
  if (error instanceof StagecraftError) return ofStagecraft(error);
  if (isParseError(error)) return ofParser(error, command?.replaceAll(":", " "));
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: "internal",
    message: error instanceof Error ? error.message : String(error),
    help: REPORT,
    exit: EXIT.failed,
    stack,
  };
}

function ofParser(error: Error, command: string | undefined): Fault {
  const meant = misspelt(error as ParseError);
  return {
    code: PARSE_CODES[error.constructor.name] ?? "invalid-flag",
    message: plain(error.message),
    help: meant
      ? `did you mean ${meant}?`
      : `${["npx stagecraft", command, "--help"].filter(Boolean).join(" ")} lists arguments and flags`,
    exit: EXIT.usage,
  };
}

/** The part of oclif's parse errors that names flags. */
interface ParseError extends Error {
  readonly flags?: readonly string[];
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, unknown>> } };
}

function misspelt({ flags, parse }: ParseError): string | undefined {
  const [first] = flags ?? [];
  if (first === undefined) return undefined;
  const known = Object.keys(parse?.input?.flags ?? {}).map((name) => `--${name}`);
  return nearest(first.startsWith("--") ? first : `--${first}`, known);
}

function ofStagecraft(error: StagecraftError): Fault {
  const fault = {
    code: error.code,
    message: plain(error.message),
    ...(error.help === undefined ? {} : { help: error.help }),
  };
  switch (error.kind) {
    case "denied":
      return { ...fault, exit: EXIT.denied };
    case "bug":
      return { help: REPORT, ...fault, exit: EXIT.failed, stack: error.stack ?? error.message };
    default:
      return { ...fault, exit: EXIT.usage };
  }
}

/** Without what oclif wraps around the message of a flag's own parser, and says about the order of its arguments. */
function plain(message: string): string {
  return stripVTControlCharacters(message)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && !/^(See more help|Note: --|Alternatively, you can)/.test(line))
    .join("\n")
    .replace(/^Parsing (--\S+)\s+/, "$1: ");
}

function isParseError(error: unknown): error is Error {
  return error instanceof Error && ("oclif" in error || error.constructor.name in PARSE_CODES);
}
