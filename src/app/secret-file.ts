import fs from "node:fs";
import { StagecraftError } from "../core/errors.js";

/** A secret in a file that nobody else on this machine can read. @throws StagecraftError `secret-readable`, `secret-missing` */
export function readSecretFile(file: string): string {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) {
    throw new StagecraftError("secret-missing", `there is no file ${file}`, { kind: "environment" });
  }
  if (process.platform !== "win32" && (found.mode & 0o077) !== 0) {
    throw new StagecraftError("secret-readable", `${file} can be read by others`, {
      kind: "environment",
      help: `chmod 600 ${file}`,
    });
  }
  return fs.readFileSync(file, "utf8").replace(/\r?\n$/, "");
}
