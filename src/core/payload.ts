import { StagecraftError } from "./errors.js";
import type { Json, JsonObject } from "./json.js";
import { LIMITS } from "./plan.js";

/** Bytes of `value` written as JSON in UTF-8. Infinity: nested too deeply to be written at all. */
export function payloadBytes(value: Json): number {
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    if (cause instanceof RangeError) return Number.POSITIVE_INFINITY;
    throw cause;
  }
  return utf8Bytes(text);
}

/**
 * Refuses what no journal takes: one value of more than `LIMITS.payloadBytes`. `what` names it in the message, and is only
 * asked then. Cheap for small values: the exact size is only counted near the limit.
 * @throws StagecraftError `payload-too-large`
 */
export function checkPayload(what: () => string, value: Json): void {
  if (isSmallPayload(value)) return;
  const bytes = payloadBytes(value);
  if (bytes > LIMITS.payloadBytes) throw payloadTooLarge(what(), bytes);
}

/** Is it for certain no larger than a journal takes? Cheap. */
export function isSmallPayload(value: Json): boolean {
  return sizeAtMost(value, 0) <= LIMITS.payloadBytes;
}

function payloadTooLarge(what: string, bytes: number): StagecraftError {
  const size = Number.isFinite(bytes) ? `takes ${bytes} bytes of JSON` : "is nested too deeply to be kept";
  return new StagecraftError("payload-too-large", `${what} ${size}; one value may take ${LIMITS.payloadBytes}`, {
    help: "Keep large data in a file or a table and pass its name between stages.",
  });
}

/** UTF-8 bytes of well-formed text, counted without writing it. */
function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

const DEEP = 500;

/** Never less than the true size: a control character takes six bytes, a number at most twenty-five. */
function sizeAtMost(value: Json | undefined, depth: number): number {
  if (typeof value === "string") return value.length * 6 + 2;
  if (typeof value !== "object" || value === null) return 25;
  if (depth > DEEP) return Number.POSITIVE_INFINITY;
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) bytes += 1 + sizeAtMost(item, depth + 1);
    return bytes;
  }
  // Asked of every event and every result: keys of the prototype would only make it larger.
  for (const key in value) {
    const inner = (value as JsonObject)[key];
    bytes += key.length * 6 + 4 + (typeof inner === "string" ? inner.length * 6 + 2 : sizeAtMost(inner, depth + 1));
  }
  return bytes;
}
