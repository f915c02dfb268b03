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

export function maskFor(secrets: readonly string[]): Mask {
  const values = secrets.filter((value) => value.length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
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
