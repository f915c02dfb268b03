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
