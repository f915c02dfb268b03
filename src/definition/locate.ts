import { type Document, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { Position, Range } from "../core/diagnostic.js";
import type { Locate, Path, Place } from "./findings.js";
import { mapScalar } from "./scalar-map.js";
import { keyText } from "./tree.js";

/** The place of an offset. */
export type At = (offset: number) => Position;

/** Places in a text by its line starts, which are looked for once and when first needed. */
export function positions(text: string): At {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] as number) + 1, offset };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Finds places of a document; each mapping is indexed once, when first looked into. */
export function createLocate(text: string, document: Document, at: At, target: (node: Node) => Node): Locate {
  const indexes = new WeakMap<YAMLMap, Map<string, Pair>>();

  function pairOf(map: YAMLMap, key: string): Pair | undefined {
    let index = indexes.get(map);
    if (index === undefined) {
      index = new Map();
      for (const pair of map.items) {
        const word = keyText(pair);
        if (word !== undefined && !index.has(word)) index.set(word, pair);
      }
      indexes.set(map, index);
    }
    return index.get(key);
  }

  /** The node at a path or the deepest one before it, and the key it stands under. */
  function walk(path: Path): { node: Node | null; key: Node | undefined; reached: boolean } {
    let node = document.contents as Node | null;
    let key: Node | undefined;
    for (const step of path) {
      const here = node === null ? null : target(node);
      if (isMap(here)) {
        const pair = pairOf(here, String(step));
        if (pair === undefined) return { node, key, reached: false };
        key = pair.key as Node;
        node = pair.value as Node | null;
      } else if (isSeq(here) && typeof step === "number" && here.items[step] !== undefined) {
        node = here.items[step] as Node;
        key = undefined;
      } else return { node, key, reached: false };
    }
    return { node, key, reached: true };
  }

  function rangeOf(node: Node): Range {
    const [start, end] = node.range as [number, number, number];
    return { start: at(start), end: at(end) };
  }

  return ({ path, part, extent }: Place) => {
    const { node, key, reached } = walk(path);
    if (extent !== undefined && node !== null) {
      const scalar = target(node);
      if (isScalar(scalar)) {
        const map = mapScalar(scalar, text);
        const start = map(extent.start);
        return {
          start: at(start),
          end: at(Math.max(start, extent.end > extent.start ? map(extent.end - 1) + 1 : start)),
        };
      }
    }
    const keyed = key !== undefined && (part === "key" || !reached || isEmpty(node));
    if (keyed) return rangeOf(key as Node);
    if (node !== null) return isMap(node) || isSeq(node) ? startOf(rangeOf(node), text, at) : rangeOf(node);
    return { start: at(0), end: at(0) };
  };
}

/** A collection is marked by its first line, not by its whole extent. */
function startOf(range: Range, text: string, at: At): Range {
  const newline = text.indexOf("\n", range.start.offset);
  const end = newline === -1 ? range.end.offset : Math.min(newline, range.end.offset);
  return { start: range.start, end: at(end) };
}

/** `key:` with nothing behind it has no text to mark. */
function isEmpty(node: Node | null): boolean {
  if (node === null) return true;
  const range = node.range;
  return range === undefined || range === null || range[0] === range[1];
}
