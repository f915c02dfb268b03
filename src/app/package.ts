import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** Where this package lies: sources and bundles find it alike. */
export function packageFolder(): string {
  return path.dirname(createRequire(import.meta.url).resolve("stagecraft/package.json"));
}

export function packageVersion(): string {
  return JSON.parse(fs.readFileSync(path.join(packageFolder(), "package.json"), "utf8")).version;
}
