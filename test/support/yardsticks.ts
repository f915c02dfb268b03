import { existsSync } from "node:fs";
import { resolve } from "node:path";

const PROJECT = new URL("../..", import.meta.url).pathname;

/**
 * A folder of real cases kept outside the project, or undefined where it is absent, as in a user's clone: the reason is
 * printed. `STAGECRAFT_YARDSTICKS` names another place than `../shared/yardsticks`.
 */
export function yardstick(name: string): string | undefined {
  const folder = resolve(PROJECT, process.env["STAGECRAFT_YARDSTICKS"] ?? "../shared/yardsticks", name);
  if (existsSync(folder)) return folder;
  console.warn(`skipped: no yardstick ${name} at ${folder}`);
  return undefined;
}
