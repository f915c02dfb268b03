import { stripVTControlCharacters } from "node:util";
import { StagecraftError } from "../core/errors.js";
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

export function describeFault(error: unknown, command?: string): Fault {
  if (error instanceof StagecraftError) return ofStagecraft(error);
  if (isParseError(error)) {
    const [message = "", ...more] = stripVTControlCharacters(error.message).trim().split("\n");
    const details = more.filter((line) => line.trim() !== "" && !line.startsWith("See more help"));
    return {
      code: PARSE_CODES[error.constructor.name] ?? "invalid-flag",
      message: [message, ...details].join("\n"),
      help: `stagecraft ${command ? `${command.replaceAll(":", " ")} ` : ""}--help lists arguments and flags`,
      exit: EXIT.usage,
    };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: "internal",
    message: error instanceof Error ? error.message : String(error),
    help: "This is a fault in Stagecraft: please report it with the lines above.",
    exit: EXIT.failed,
    stack,
  };
}

function ofStagecraft(error: StagecraftError): Fault {
  const fault = { code: error.code, message: error.message, ...(error.help === undefined ? {} : { help: error.help }) };
  switch (error.kind) {
    case "denied":
      return { ...fault, exit: EXIT.denied };
    case "bug":
      return { ...fault, exit: EXIT.failed, stack: error.stack ?? error.message };
    default:
      return { ...fault, exit: EXIT.usage };
  }
}

function isParseError(error: unknown): error is Error {
  return error instanceof Error && ("oclif" in error || error.constructor.name in PARSE_CODES);
}
