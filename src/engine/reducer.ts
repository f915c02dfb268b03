import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** Put in by the build, which is a bundle and has no folder of `core` to read. */
declare const STAGECRAFT_REDUCER: string | undefined;

let known: string | null | undefined;

/**
 * Names the code that folds journals: the hash of `core` as it was built, or as it is on disk. What other code made of a
 * journal is not taken for what this would. Undefined where the code cannot be read; then there are no snapshots.
 */
export function reducer(): string | undefined {
  known ??= typeof STAGECRAFT_REDUCER === "string" ? STAGECRAFT_REDUCER : hashOfCore();
  return known ?? undefined;
}

function hashOfCore(): string | null {
  const hash = createHash("sha256");
  const core = new URL("../core/", import.meta.url);
  try {
    const files = readdirSync(core, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    for (const name of files.sort()) hash.update(name).update(readFileSync(new URL(name, core)));
    return hash.digest("hex").slice(0, 16);
  } catch {
    return null;
  }
}
