import type { Json, JsonSchema } from "../../core/json.js";
import { compile } from "./compile.js";
import { type Check, type Mode, Unsure } from "./leaf.js";

/**
 * A fast yes. Almost every value holds, and a yes needs none of the words that ajv's compiled code is full of: here a
 * schema becomes a few closures, without generating code. Whoever gets no yes asks ajv, which has the last word.
 */
const checks = new WeakMap<JsonSchema, Check | null>();

/** True where every keyword of the schema is plain, so that ajv would find nothing wrong with the schema itself. */
export function isPlain(schema: JsonSchema): boolean {
  return checkOf(schema) !== null;
}

/**
 * True only where ajv would say so. `written`: a text with an expression in it holds everywhere, for what it comes to
 * is compared elsewhere.
 */
export function holds(schema: JsonSchema, value: Json, mode: Exclude<Mode, "strict"> = "exact"): boolean {
  const check = checkOf(schema);
  if (check === null) return false;
  try {
    return check(value, mode);
  } catch (fault) {
    if (fault instanceof Unsure || fault instanceof RangeError) return false;
    throw fault;
  }
}

function checkOf(schema: JsonSchema): Check | null {
  const known = checks.get(schema);
  if (known !== undefined) return known;
  const check = compile(schema) ?? null;
  checks.set(schema, check);
  return check;
}
