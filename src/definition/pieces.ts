import type { Document } from "yaml";
import { isObject, type Json, type JsonObject } from "../core/json.js";
import { readLines } from "./document.js";
import type { Locate, Path } from "./findings.js";
import { createLocate, positions } from "./locate.js";
import { readTree } from "./tree.js";

/** UTF-16 units that a piece has at least. */
const PIECE = 32_768;

/** A text of no more pieces than this spares too little to have any of it parsed twice. */
const FEW = 8;

/** Lines that make a mapping: that at the top of a text, or with `under` the value of that key. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly under?: string;
}

/**
 * What a long text says, read piece by piece. The parser makes hundreds of bytes of every word; those of a piece are let
 * go before the next is read, and made again where a place in it is asked for. Undefined where a text is short, is not plainly
 * cut, has aliases, or anything is wrong with it: it is to be read whole then.
 */
export function readInPieces(text: string, size = PIECE): { value: JsonObject; locate: Locate } | undefined {
  const pieces = text.length > FEW * size ? cut(text, size) : undefined;
  if (pieces === undefined) return undefined;
  const value: Record<string, Json> = {};
  const keys = new Map<Piece, ReadonlySet<string>>();
  for (const piece of pieces) {
    const document = readLines(text, piece.start, piece.end);
    const said = document && plainOf(document);
    const into = piece.under === undefined ? value : value[piece.under];
    if (said === undefined || !isObject(into)) return undefined;
    for (const [key, one] of Object.entries(said)) {
      if (Object.hasOwn(into, key)) return undefined;
      (into as Record<string, Json>)[key] = one;
    }
    keys.set(piece, new Set(Object.keys(said)));
  }
  return { value, locate: locateIn(text, keys) };
}

function plainOf(document: Document): JsonObject | undefined {
  const { value, faults, hasAliases } = readTree(document);
  return faults.length === 0 && !hasAliases && isObject(value) ? value : undefined;
}

function locateIn(text: string, keys: ReadonlyMap<Piece, ReadonlySet<string>>): Locate {
  const pieces = [...keys.keys()];
  const at = positions(text);
  const known = new Map<Piece, Locate>();

  function locateOf(piece: Piece): Locate {
    const found = known.get(piece);
    if (found !== undefined) return found;
    const document = readLines(text, piece.start, piece.end) as Document;
    const locate = createLocate(text, document, at, (node) => node);
    known.set(piece, locate);
    return locate;
  }

  function pieceOf([first, second]: Path): Piece {
    const has = (piece: Piece, key: string | number | undefined) => keys.get(piece)?.has(String(key)) === true;
    const found =
      pieces.find((piece) => piece.under !== undefined && piece.under === first && has(piece, second)) ??
      pieces.find((piece) => piece.under === undefined && has(piece, first));
    return found ?? (pieces[0] as Piece);
  }

  return (place) => {
    const piece = pieceOf(place.path);
    const path = piece.under === undefined ? place.path : place.path.slice(1);
    return locateOf(piece)({ ...place, path });
  };
}

/** A key and its colon, written as nearly all are; nothing else of a sound text begins like it at the column of its keys. */
const KEY = /[A-Za-z_][\w-]*(?=:(?:[ \r\n]|$))/y;
const NOTHING_BEHIND = /:[ \t]*(?:#.*)?\r?$/my;

/** Pieces that begin at a key at the top, or at one right below a key at the top; undefined where lines tell of anything else. */
function cut(text: string, size: number): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  let start = 0;
  let hasBegun = false;
  let under: string | undefined;
  /** The key at the top that lines are under, and the column of the keys below it, once known. */
  let section: { readonly key: string; readonly column?: number } | undefined;
  const end = (at: number, next: string | undefined) => {
    pieces.push({ start, end: at, ...(under !== undefined && { under }) });
    [start, under] = [at, next];
  };
  for (let line = 0; line < text.length; line = after(text, line)) {
    const from = firstSign(text, line);
    const sign = text[from];
    if (sign === undefined || sign === "\n" || sign === "\r" || sign === "#") continue;
    const column = from - line;
    const key = matched(KEY, text, from);
    if (column === 0) {
      if (key === undefined) return undefined;
      if (hasBegun && (under !== undefined || from - start >= size)) end(from, undefined);
      hasBegun = true;
      section = matched(NOTHING_BEHIND, text, from + key.length) === undefined ? undefined : { key };
    } else if (!hasBegun) {
      return undefined;
    } else if (section !== undefined && section.column === undefined) {
      section = key === undefined ? undefined : { key: section.key, column };
    } else if (section?.column !== undefined) {
      if (column < section.column) return undefined;
      if (column === section.column && key !== undefined && from - start >= size) end(line, section.key);
    }
  }
  end(text.length, undefined);
  return pieces;
}

function matched(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function firstSign(text: string, line: number): number {
  let at = line;
  while (text[at] === " ") at += 1;
  return at;
}

/** Where the line behind this one begins. */
function after(text: string, line: number): number {
  const newline = text.indexOf("\n", line);
  return newline === -1 ? text.length : newline + 1;
}
