import type { Json } from "../../json.js";

/** Formats whose values are letters, digits and a few signs that mean nothing to a shell, to SQL or in an address. */
const PLAIN_FORMATS: readonly Json[] = ["date", "time", "date-time", "duration", "uuid", "ipv4", "ipv6"];

/** Parts of a pattern that stand for plain signs only: `[A-Z]`, `\\d`, letters, with groups and counts between. */
const PLAIN_PARTS =
  /\\[dw.-]|\[(?:[a-z]-[a-z]|[A-Z]-[A-Z]|\d-\d|[\w:-]|\\[dw.-])+\]|[\w:-]|\(\?:|[()?*+]|\{\d+(?:,\d*)?\}|\|/gy;

/** Does a schema let only such signs through? False where that is not plain to see. */
export function isPlainText(pattern: Json | undefined, format: Json | undefined): boolean {
  if (format !== undefined && PLAIN_FORMATS.includes(format)) return true;
  if (typeof pattern !== "string" || !pattern.startsWith("^") || !pattern.endsWith("$")) return false;
  const body = pattern.slice(1, -1);
  if (body.replace(PLAIN_PARTS, "") !== "") return false;
  return !hasOpenChoice(body);
}

/** In `^a|b$` neither side is held at both ends. */
function hasOpenChoice(body: string): boolean {
  let depth = 0;
  for (const sign of body) {
    if (sign === "(") depth += 1;
    else if (sign === ")") depth -= 1;
    else if (sign === "|" && depth === 0) return true;
  }
  return false;
}
