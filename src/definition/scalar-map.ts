import type { Scalar } from "yaml";

/** Offset in a scalar's value → offset in the file. */
export type ScalarMap = (offset: number) => number;

const SPACE = /[ \t\r\n]/;
const ESCAPE_LENGTHS: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/**
 * Lays a scalar's value beside its source text. Written characters stand in both in the same order; white space may
 * have been folded or stripped of indentation, and quoted scalars have escapes.
 */
export function mapScalar(node: Scalar, text: string): ScalarMap {
  const value = String(node.value);
  const [start, end] = node.range as [number, number, number];
  if (node.type === "QUOTE_DOUBLE") return fromTable(mapDoubleQuoted(value, text, start + 1, end - 1));
  if (node.type === "QUOTE_SINGLE") return fromTable(align(value, text, start + 1, end - 1, true));
  if (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED") {
    const header = text.indexOf("\n", start);
    return fromTable(align(value, text, header === -1 ? end : header + 1, end, false));
  }
  if (text.startsWith(value, start)) return (offset) => start + offset;
  return fromTable(align(value, text, start, end, false));
}

function fromTable(table: readonly number[]): ScalarMap {
  return (offset) => table[Math.max(0, Math.min(offset, table.length - 1))] as number;
}

/** File offsets of each character of `value`, and of its end. */
function align(value: string, text: string, start: number, end: number, doubledQuotes: boolean): number[] {
  const table: number[] = [];
  let at = start;
  let index = 0;
  while (index < value.length) {
    const spaces = runOfSpace(value, index, value.length);
    const written = runOfSpace(text, at, end);
    // A run's end is where its word begins, so runs are laid end to end: indentation falls away at the front.
    for (let k = 0; k < spaces; k += 1) table.push(Math.max(at, at + written - spaces + k));
    index += spaces;
    at += written;
    if (index >= value.length) break;
    table.push(at);
    at += doubledQuotes && text[at] === "'" ? 2 : 1;
    index += 1;
  }
  table.push(Math.min(at, end));
  return table;
}

function runOfSpace(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && SPACE.test(text[at] as string)) at += 1;
  return at - start;
}

function mapDoubleQuoted(value: string, text: string, start: number, end: number): number[] {
  const table: number[] = [];
  let at = start;
  while (table.length < value.length && at < end) {
    const char = text[at] as string;
    if (char === "\\") {
      const next = text[at + 1] as string;
      if (next === "\n" || next === "\r") {
        at += 1 + runOfSpace(text, at + 1, end);
        continue;
      }
      const length = ESCAPE_LENGTHS[next] ?? 2;
      const units = next === "U" && Number.parseInt(text.slice(at + 2, at + 10), 16) > 0xffff ? 2 : 1;
      for (let k = 0; k < units; k += 1) table.push(at);
      at += length;
    } else if (SPACE.test(char)) {
      const run = runOfSpace(text, at, end);
      const breaks = text.slice(at, at + run).split("\n").length - 1;
      const count = breaks === 0 ? run : Math.max(1, breaks - 1);
      for (let k = 0; k < count; k += 1) table.push(at + run - count + k);
      at += run;
    } else {
      table.push(at);
      at += 1;
    }
  }
  table.push(Math.min(at, end));
  return table;
}
