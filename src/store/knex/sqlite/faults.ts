import { open, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { StagecraftError } from "../../../core/errors.js";
import type { Rule } from "../dialect.js";

/** The rule of ours that a statement broke. */
export function brokenRule(error: unknown): Rule | undefined {
  const { code, message } = textOf(error);
  if (!code.startsWith("SQLITE_CONSTRAINT")) return undefined;
  if (message.endsWith("FENCED")) return "fenced";
  if (message.includes("failed: events.run_no, events.stage")) return "done-twice";
  if (message.includes("failed: approvals.id")) return "approval-taken";
  return undefined;
}

type Advice = readonly [code: string, what: string, help: string];

const LOCKED: Advice = [
  "store-locked",
  "is in use by another process that does not let go",
  "Try again; if it stays so, end the other process.",
];
const READONLY: Advice = [
  "store-readonly",
  "cannot be written",
  "Give yourself write permission on the file and on its folder (SQLite keeps its log beside the file).",
];
const FULL: Advice = [
  "store-full",
  "cannot grow: the disk is full",
  "Free some space and go on; what was acknowledged before is kept.",
];
const CORRUPT: Advice = [
  "store-corrupt",
  "is damaged, or no SQLite database at all",
  "Keep the file as it is and restore the last backup beside it, or name another file with --db.",
];
const IO: Advice = ["store-io", "could not be read or written", "Look at the disk and at the path."];

const BY_CODE: Readonly<Record<string, Advice>> = {
  SQLITE_BUSY: LOCKED,
  SQLITE_LOCKED: LOCKED,
  SQLITE_READONLY: READONLY,
  SQLITE_PERM: READONLY,
  SQLITE_FULL: FULL,
  SQLITE_CORRUPT: CORRUPT,
  SQLITE_NOTADB: CORRUPT,
  EACCES: READONLY,
  EPERM: READONLY,
  EROFS: READONLY,
  ENOSPC: FULL,
  EDQUOT: FULL,
};

/** An error of the database or the file system as a fault with advice; any other is passed on as it is. */
export async function faultOf(error: unknown, file: string): Promise<Error> {
  if (error instanceof StagecraftError || brokenRule(error) !== undefined) return error as Error;
  const { code } = textOf(error);
  if (!/^(SQLITE_|E[A-Z]+$)/.test(code)) return error instanceof Error ? error : new Error(String(error));
  const [fault, what, help] = await adviceFor(code, file);
  return new StagecraftError(fault, `${file} ${what} (${code})`, { kind: "environment", help, cause: error });
}

async function adviceFor(code: string, file: string): Promise<Advice> {
  // `SQLITE_IOERR_WRITE` and the like: a reason more behind the plain code.
  const plain = code.split("_").slice(0, 2).join("_");
  const known = BY_CODE[plain];
  if (known) return known;
  if (plain === "SQLITE_CANTOPEN") return BY_CODE[await reasonToOpen(file)] ?? IO;
  if (plain === "SQLITE_IOERR" && (await isFull(file))) return FULL;
  return IO;
}

/** SQLite says only that it cannot open `file`: the system's own reason, found by trying. */
async function reasonToOpen(file: string): Promise<string> {
  try {
    const isNew = (await stat(file).catch(() => undefined)) === undefined;
    await (await open(file, isNew ? "wx" : "r+")).close();
    if (isNew) await rm(file);
    return "";
  } catch (error) {
    return textOf(error).code;
  }
}

async function isFull(file: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(dirname(file));
    return bavail * bsize < 64 * 1024;
  } catch {
    return false;
  }
}

function textOf(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return { code: typeof code === "string" ? code : "", message: typeof message === "string" ? message : "" };
}
