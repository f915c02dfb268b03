import { scalarText } from "../compute/json.js";
import { matches } from "../compute/pattern.js";
import { chargeItems, chargeText, type Frame, fail } from "../frame.js";
import { BOOLEAN, listOf, NUMBER, STRING } from "../type.js";
import type { Value } from "../value.js";
import { type FunctionTable, overload } from "./signature.js";

const SURROGATE = /[\ud800-\udfff]/;
/** White space as Unicode has it, which is what CEL trims. */
const BLANK_START = /^[\p{White_Space}]+/u;
const BLANK_END = /[\p{White_Space}]+$/u;

/** The characters of a text: whole code points, so that an emoji is one. */
function characters(frame: Frame, text: string): readonly string[] {
  chargeText(frame, text.length);
  return SURROGATE.test(text) ? Array.from(text) : text.split("");
}

/** How many characters. */
export function textSize(frame: Frame, text: string): number {
  return SURROGATE.test(text) ? characters(frame, text).length : text.length;
}

function substring(frame: Frame, text: string, from: number, to?: number): string {
  const size = textSize(frame, text);
  const end = to ?? size;
  if (!Number.isInteger(from) || !Number.isInteger(end) || from < 0 || end < from || end > size) {
    throw fail(frame, "out-of-range", `substring(${from}, ${end}) is outside a text of ${size} characters`);
  }
  return SURROGATE.test(text) ? characters(frame, text).slice(from, end).join("") : text.slice(from, end);
}

function charAt(frame: Frame, text: string, at: number): string {
  const size = textSize(frame, text);
  if (!Number.isInteger(at) || at < 0 || at > size) {
    throw fail(frame, "out-of-range", `charAt(${at}) is outside a text of ${size} characters`);
  }
  return characters(frame, text)[at] ?? "";
}

/** Where `part` first begins, at `from` or after; -1 when nowhere. */
function indexOf(frame: Frame, text: string, part: string, from = 0): number {
  const chars = characters(frame, text);
  if (!Number.isInteger(from) || from < 0 || from > chars.length) {
    throw fail(frame, "out-of-range", `${from} is outside a text of ${chars.length} characters`);
  }
  const skipped = chars.slice(0, from).join("").length;
  const found = text.indexOf(part, skipped);
  return found < 0 ? -1 : textSize(frame, text.slice(0, found));
}

/** Where `part` last begins, at `from` or before; -1 when nowhere. */
function lastIndexOf(frame: Frame, text: string, part: string, from?: number): number {
  const chars = characters(frame, text);
  if (from !== undefined && (!Number.isInteger(from) || from < 0 || from > chars.length)) {
    throw fail(frame, "out-of-range", `${from} is outside a text of ${chars.length} characters`);
  }
  const last = from === undefined ? text.length : chars.slice(0, from).join("").length;
  const found = text.lastIndexOf(part, last);
  return found < 0 ? -1 : textSize(frame, text.slice(0, found));
}

/** Every `old`, or the first `count`; a negative count is every one. An empty `old` stands between all characters. */
function replace(frame: Frame, text: string, old: string, by: string, count = -1): string {
  const parts = old === "" ? ["", ...characters(frame, text), ""] : split(frame, text, old);
  const times = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1);
  chargeText(frame, text.length + times * by.length);
  return parts.map((part, i) => (i === 0 ? part : (i <= times ? by : old) + part)).join("");
}

/** At most `limit` parts, the last holding what is left; a negative limit is no limit. */
function split(frame: Frame, text: string, by: string, limit = -1): string[] {
  if (limit === 0) return [];
  chargeText(frame, text.length);
  const parts = by === "" ? Array.from(text) : text.split(by);
  chargeItems(frame, parts.length);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(by)];
}

function join(frame: Frame, list: readonly Value[], by = ""): string {
  const texts = list.map((item, i) => {
    const text = scalarText(item);
    if (text === undefined) throw fail(frame, "type-mismatch", `join() needs texts: item ${i} is not one`);
    return text;
  });
  chargeItems(frame, texts.length);
  chargeText(
    frame,
    texts.reduce((sum, text) => sum + text.length + by.length, 0),
  );
  return texts.join(by);
}

function made<T extends string>(run: (text: string) => T): (frame: Frame, text: string) => T {
  return (frame, text) => {
    chargeText(frame, text.length);
    return run(text);
  };
}

function tested(run: (text: string, part: string) => boolean): (frame: Frame, text: string, part: string) => boolean {
  return (frame, text, part) => {
    chargeText(frame, text.length);
    return run(text, part);
  };
}

export const TEXT_FUNCTIONS: FunctionTable = new Map([
  [
    "startsWith",
    [
      overload(
        "text: string, prefix: string",
        BOOLEAN,
        tested((text, part) => text.startsWith(part)),
      ),
    ],
  ],
  [
    "endsWith",
    [
      overload(
        "text: string, suffix: string",
        BOOLEAN,
        tested((text, part) => text.endsWith(part)),
      ),
    ],
  ],
  ["matches", [overload("text: string, pattern: string", BOOLEAN, matches)]],
  ["split", [overload("text: string, separator: string, limit?: number", listOf(STRING), split)]],
  ["join", [overload("list: list, separator?: string", STRING, join)]],
  ["replace", [overload("text: string, old: string, by: string, count?: number", STRING, replace)]],
  ["substring", [overload("text: string, from: number, to?: number", STRING, substring)]],
  ["charAt", [overload("text: string, index: number", STRING, charAt)]],
  ["indexOf", [overload("text: string, part: string, from?: number", NUMBER, indexOf)]],
  ["lastIndexOf", [overload("text: string, part: string, from?: number", NUMBER, lastIndexOf)]],
  [
    "lowerAscii",
    [
      overload(
        "text: string",
        STRING,
        made((text) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())),
      ),
    ],
  ],
  [
    "upperAscii",
    [
      overload(
        "text: string",
        STRING,
        made((text) => text.replace(/[a-z]+/g, (part) => part.toUpperCase())),
      ),
    ],
  ],
  [
    "trim",
    [
      overload(
        "text: string",
        STRING,
        made((text) => text.replace(BLANK_START, "").replace(BLANK_END, "")),
      ),
    ],
  ],
]);
