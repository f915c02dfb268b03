import { StagecraftError } from "../../../core/errors.js";
import type { Rule } from "../dialect.js";

/** The rule of ours that a statement broke. */
export function brokenRule(error: unknown): Rule | undefined {
  const { code, constraint } = partsOf(error);
  if (code === "SC001") return "fenced";
  if (code !== "23505") return undefined;
  if (constraint === "events_done") return "done-twice";
  return constraint === "approvals_id_key" ? "approval-taken" : undefined;
}

/** Nothing was asked yet: the server is away, starts, or has no place. */
export function wasNotAsked(error: unknown): boolean {
  return ["ECONNREFUSED", "57P03", "53300"].includes(partsOf(error).code);
}

/** The way to the server is gone: whether it did what it was asked is not known. */
export function wasLost(error: unknown): boolean {
  return adviceFor(error) === GONE;
}

/** The database undid it for the sake of another transaction. */
export function wasUndone(error: unknown): boolean {
  return ["40001", "40P01"].includes(partsOf(error).code);
}

/** Another transaction wrote between what this one checked and what it wrote. */
export function wasOvertaken(error: unknown): boolean {
  return ["23503", "23505"].includes(partsOf(error).code) && brokenRule(error) === undefined;
}

type Advice = readonly [code: string, what: string, help: string];

const GONE: Advice = [
  "store-io",
  "cannot be reached",
  "Look whether the server runs; what was acknowledged is kept, and runs go on when it is back.",
];
const LOCKED: Advice = [
  "store-locked",
  "does not answer in time",
  "Try again; if it stays so, look in pg_stat_activity for what holds it up.",
];
const READONLY: Advice = [
  "store-readonly",
  "cannot be written",
  "Name the primary server, and give the role the right to write in its schema.",
];
const REFUSED: Advice = [
  "store-refused",
  "does not let us in",
  "Look at the user, the password and the database in the URL: createdb makes a database.",
];
const FULL: Advice = [
  "store-full",
  "cannot grow: the disk of the server is full",
  "Free some space and go on; what was acknowledged before is kept.",
];
const CORRUPT: Advice = ["store-corrupt", "is damaged", "Stop the server, keep its files and restore the last backup."];
const UNFIT: Advice = ["store-unfit", "cannot keep this text", "PostgreSQL takes no NUL character in a name."];
const IO: Advice = ["store-io", "could not be read or written", "Look at the log of the server."];

/** By the whole SQLSTATE or its class, or by the code of the system. */
const BY_CODE: Readonly<Record<string, Advice>> = {
  "08": GONE,
  "57P01": GONE,
  "57P02": GONE,
  "57P03": GONE,
  "57014": LOCKED,
  "55P03": LOCKED,
  "53300": LOCKED,
  "40": LOCKED,
  "25006": READONLY,
  "42501": READONLY,
  "28": REFUSED,
  "3D": REFUSED,
  "53": FULL,
  "58": IO,
  XX: CORRUPT,
  "22021": UNFIT,
  "22P05": UNFIT,
};

/** An error of the server or of the way to it as a fault with advice; any other is passed on as it is. */
export function faultOf(error: unknown, name: string): Error {
  if (error instanceof StagecraftError || brokenRule(error) !== undefined) return error as Error;
  const found = adviceFor(error);
  if (found === undefined) return error instanceof Error ? error : new Error(String(error));
  const [code, what, help] = found;
  const cause = partsOf(error).code;
  const message = `${name} ${what}${cause === "" ? "" : ` (${cause})`}`;
  return new StagecraftError(code, message, { kind: "environment", help, cause: error });
}

function adviceFor(error: unknown): Advice | undefined {
  const { code, message, name } = partsOf(error);
  const known = BY_CODE[code] ?? BY_CODE[code.slice(0, 2)];
  if (known !== undefined && /^[0-9A-Z]{5}$/.test(code)) return known;
  if (/^E[A-Z]{3,}$/.test(code)) return GONE;
  if (name === "KnexTimeoutError") return LOCKED;
  return LOST.test(message) ? GONE : undefined;
}

/** What pg says of a connection that ended has no code; Knex puts the statement before it. */
const LOST = /(Connection terminated|connection error and is not queryable|timeout expired|not queryable)[^']*$/;

type Parts = Readonly<Record<"code" | "message" | "name" | "constraint", string>>;

function partsOf(error: unknown): Parts {
  const given = Object(error) as Readonly<Record<string, unknown>>;
  const text = (name: keyof Parts) => (typeof given[name] === "string" ? given[name] : "");
  // Several addresses of one name that all refused.
  const [first] = Array.isArray(given["errors"]) ? given["errors"] : [];
  const code = text("code") || String(Object(first).code ?? "");
  return { code, message: text("message"), name: text("name"), constraint: text("constraint") };
}
