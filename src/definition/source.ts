import type { Document, Node } from "yaml";
import type { Diagnostic } from "../core/diagnostic.js";
import { isObject, type JsonObject } from "../core/json.js";
import { readDocument } from "./document.js";
import { byPlace, type Locate } from "./findings.js";
import { type At, createLocate, positions } from "./locate.js";
import { findDeepNesting, MAX_NESTING } from "./nesting.js";
import { readInPieces } from "./pieces.js";
import { readTree } from "./tree.js";
import { type YamlFault, yamlFaults } from "./yaml-faults.js";

/** A file as given: `file` is how findings name it. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** What the YAML says. Without `value` nothing more can be found out. */
export interface Parsed {
  readonly value?: JsonObject;
  readonly locate: Locate;
  readonly diagnostics: readonly Diagnostic[];
}

/** UTF-16 units. */
const MAX_LENGTH = 10 * 1024 * 1024;

/** Reads YAML with positions. Never throws, whatever the text. */
export function parseSource({ file, text }: Source): Parsed {
  const at = positions(text);
  const nowhere: Locate = () => ({ start: at(0), end: at(0) });
  const stop = (code: string, message: string, help?: string, offset = 0): Parsed => ({
    locate: nowhere,
    diagnostics: [fault(file, at, { code, message, start: offset, end: offset, ...(help !== undefined && { help }) })],
  });

  if (text.length > MAX_LENGTH) {
    const size = Math.round(text.length / 1024 / 1024);
    return stop("too-large", `this file is ${size} MB; at most 10 MB are read`, "move data out of the definition");
  }
  const deep = findDeepNesting(text);
  if (deep !== undefined) {
    return stop("too-deep", `nested deeper than ${MAX_NESTING} levels`, undefined, deep);
  }
  const sound = readInPieces(text);
  return sound === undefined ? parse(file, text) : { ...sound, diagnostics: [] };
}

/** The most expressions without quotes that one reading sees, and the longest text that is read over for them. */
const MOST_UNQUOTED = 20;
const MOST_READ_OVER = 200_000;

function parse(file: string, text: string, before: readonly YamlFault[] = []): Parsed {
  const document: Document = readDocument(text);
  const at = positions(text);
  const raised = [...before, ...yamlFaults(text, [...document.errors, ...document.warnings])];
  const said = raised.map((found) => fault(file, at, within(text, found)));
  const unquoted = raised.at(-1);
  if (raised.length > before.length) {
    if (unquoted?.instead !== undefined && raised.length <= MOST_UNQUOTED && text.length <= MOST_READ_OVER) {
      const { start, end, instead } = unquoted;
      return parse(file, text.slice(0, start) + instead + text.slice(end), raised);
    }
    return { locate: () => ({ start: at(0), end: at(0) }), diagnostics: said };
  }
  const tree = readTree(document);
  const locate = createLocate(text, document, at, tree.target);
  const faults = tree.faults.map(({ node, ...found }) => fault(file, at, { ...found, ...extentOf(node) }));
  const diagnostics = [...said, ...faults].sort(byPlace);
  const unsafe = tree.faults.some(({ code }) => code === "alias-bomb" || code === "too-deep");
  if (unsafe) return { locate, diagnostics };
  if (isObject(tree.value)) return { value: tree.value, locate, diagnostics };
  if (diagnostics.length > 0) return { locate, diagnostics };
  const root = document.contents as Node | null;
  return { locate, diagnostics: [rootFault(file, at, root, tree.value === null)] };
}

function rootFault(file: string, at: At, root: Node | null, empty: boolean): Diagnostic {
  const help = "begin with `apiVersion: stagecraft/v1`, `id`, `version` and `stages`";
  if (empty)
    return fault(file, at, { code: "empty-definition", message: "this file says nothing", help, start: 0, end: 0 });
  const message = "a definition is a mapping of keys to values";
  return fault(file, at, { code: "not-a-mapping", message, help, ...extentOf(root as Node) });
}

/** The parser puts a missing character one place behind the end. */
function within<T extends { start: number; end: number }>(text: string, found: T): T {
  return { ...found, start: Math.min(found.start, text.length), end: Math.min(found.end, text.length) };
}

function extentOf(node: Node): { start: number; end: number } {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

function fault(
  file: string,
  at: At,
  found: { code: string; message: string; help?: string; start: number; end: number },
): Diagnostic {
  const { code, message, help, start, end } = found;
  const range = { start: at(start), end: at(Math.max(start, end)) };
  return { code, severity: "error", message, ...(help !== undefined && { help }), file, range, path: "" };
}
