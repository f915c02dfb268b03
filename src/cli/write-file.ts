import fs from "node:fs";
import { StagecraftError } from "../core/errors.js";

/** @throws StagecraftError `cannot-write` */
export function writeFile(file: string, text: string): void {
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    throw new StagecraftError("cannot-write", `cannot write ${file}: ${(error as Error).message}`);
  }
}
