import type { Event } from "../core/event.js";
import { isObject, type Json } from "../core/json.js";

/** Shorter values would blank out ordinary words; a secret that short is refused when it is resolved. */
export const SHORTEST_SECRET = 4;

/** Takes secret values out of anything that is kept, logged or shown. */
export interface Mask {
  text(text: string): string;
  json<T extends Json | undefined>(value: T): T;
  /** The data an event carries; its own words, such as the path of its stage, stay as they are. */
  event(event: Event): Event;
}

const NOTHING: Mask = { text: (text) => text, json: (value) => value, event: (event) => event };

/** Fields of events that may hold what expressions and plugins came up with. */
const DATA = new Set(["inputs", "items", "waiting", "value", "outputs", "result", "set", "error", "explain", "reason"]);

/** A secret as it is, and as it looks inside a JSON text, an address, and an Authorization header. */
function formsOf(secret: string): readonly string[] {
  const bytes = new TextEncoder().encode(secret);
  return [secret, JSON.stringify(secret).slice(1, -1), inAddress(secret), ...inBase64(bytes)];
}

function inAddress(secret: string): string {
  // What is no Unicode cannot be written in an address as it is.
  return encodeURIComponent(Buffer.from(secret).toString());
}

/**
 * Base64 of a text depends on where in groups of three bytes it begins: what is the same for each of the three places,
 * however long the text around it. Too little is left of very short secrets, and they are looked for alone only.
 */
function inBase64(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([new Uint8Array(before), bytes]);
    const first = before === 0 ? 0 : 4;
    const last = Math.floor(whole.length / 3) * 4;
    const middle = whole.toString("base64").slice(first, last);
    const url = middle.replaceAll("+", "-").replaceAll("/", "_");
    return middle.length < 2 * SHORTEST_SECRET ? [] : [middle, url];
  });
}

export function maskFor(secrets: readonly string[]): Mask {
  const known = secrets.filter((value) => value.length >= SHORTEST_SECRET).flatMap(formsOf);
  const values = [...new Set(known)].sort((a, b) => b.length - a.length);
  if (values.length === 0) return NOTHING;
  const text = (given: string) => values.reduce((rest, value) => rest.replaceAll(value, "***"), given);
  const json = (value: Json): Json => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [text(key), json(inner)]));
  };
  const event = (given: Event) => {
    const fields = Object.entries(given).map(([name, value]) => [name, DATA.has(name) ? json(value as Json) : value]);
    return Object.fromEntries(fields) as Event;
  };
  return { text, json: (value) => (value === undefined ? value : json(value)) as typeof value, event };
}
