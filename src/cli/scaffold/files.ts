import fs from "node:fs";
import path from "node:path";
import { StagecraftError } from "../../core/errors.js";

/** Path from the project's folder → text. */
export type Files = Readonly<Record<string, string>>;

/** Writes all of them or none; nothing that is there is touched. @throws StagecraftError `file-exists` */
export function writeNew(project: string, files: Files): readonly string[] {
  const taken = Object.keys(files).filter((name) => fs.existsSync(path.join(project, name)));
  if (taken.length > 0) {
    throw new StagecraftError("file-exists", `there already is ${taken.join(", ")}`, {
      help: "choose another name, or move what is there",
    });
  }
  return writeAll(project, files);
}

/** Writes what is not there yet, and leaves the rest as it is. The names written. */
export function writeMissing(project: string, files: Files): readonly string[] {
  const missing = Object.entries(files).filter(([name]) => !fs.existsSync(path.join(project, name)));
  return writeAll(project, Object.fromEntries(missing));
}

export function writeAll(project: string, files: Files): readonly string[] {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(project, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  return Object.keys(files);
}
