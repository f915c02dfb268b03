import { statSync } from "node:fs";
import { StagecraftError } from "../../../core/errors.js";

/**
 * Watches that `file` stays the one that was opened. A process goes on writing to a deleted file without an error, and
 * what it writes is gone with the process. @returns a check to run before a write is acknowledged
 */
export function watchFile(file: string): () => void {
  const opened = statSync(file);
  return () => {
    const now = statSync(file, { throwIfNoEntry: false });
    if (now?.ino === opened.ino && now.dev === opened.dev) return;
    throw new StagecraftError("store-io", `${file} was deleted or replaced while in use`, {
      kind: "environment",
      help: "Put the file back from a backup and start again; the last change is not on disk.",
    });
  };
}

/** Bytes of a file that is looked through each time it was left open: a larger one takes longer than a person waits. */
const CHECKED_BYTES = 16 * 1024 * 1024;

/**
 * Was `file` left without being closed? Then its log is still beside it, as it is while another process has it open; a
 * file too large to be looked through on the way counts as closed.
 */
export function wasLeftOpen(file: string): boolean {
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0 };
  return (log?.size ?? 0) > 0 && size > 0 && size <= CHECKED_BYTES;
}
