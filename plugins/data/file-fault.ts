import { StageError } from "stagecraft/plugin";

const NOT_FOUND = new Set(["ENOENT", "ENOTDIR"]);
/** May be over in a moment: no free handle, a full disk somebody cleans, a busy file. */
const PASSING = new Set(["EMFILE", "ENFILE", "EBUSY", "EAGAIN", "ENOSPC", "EIO"]);

/** What the file system says as a StageError that names the file as the definition does. */
export function fileFault(error: unknown, shown: string): Error {
  if (error instanceof StageError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error as Error;
  if (NOT_FOUND.has(code)) return new StageError("file-not-found", `there is no file ${shown}`);
  const what = code === "EISDIR" ? "is a folder" : code === "EACCES" || code === "EPERM" ? "may not be used" : message;
  return new StageError("file-unreadable", `${shown}: ${what}`, { retryable: PASSING.has(code), details: { code } });
}
