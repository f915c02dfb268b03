import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from "yaml";
import type { Json } from "../core/json.js";
import { MAX_NESTING } from "./nesting.js";

/** A fault of a document that YAML itself allows. `node` says where. */
export interface TreeFault {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  readonly node: Node;
}

/** A document as plain JSON; aliases share one value. */
export interface Tree {
  readonly value: Json;
  readonly faults: readonly TreeFault[];
  readonly hasAliases: boolean;
  /** The node an alias stands for. */
  target(node: Node): Node;
}

/** Nodes a document may come to once every alias is written out. */
const MAX_EXPANDED = 1_000_000;

/** More than anyone mends at a time; a file of nothing else must not fill the screen. */
const MAX_FAULTS = 100;

/** The word of a mapping's key, or undefined when it is no text. */
export function keyText(pair: Pair): string | undefined {
  const key = pair.key;
  if (!isScalar(key) || key.value === null) return undefined;
  return typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
}

/** Plain JSON of a document, with the faults met on the way. Linear in its size, whatever its aliases. */
export function readTree(document: Document): Tree {
  const faults: TreeFault[] = [];
  const anchors = new Map<string, { node: Node; value: Json; size: number } | "open">();
  const targets = new Map<Node, Node>();
  let size = 0;

  function fault(node: Node, code: string, message: string, help?: string): null {
    if (faults.length < MAX_FAULTS) faults.push({ node, code, message, ...(help !== undefined && { help }) });
    return null;
  }

  function read(node: Node, depth: number): Json {
    size += 1;
    if (isAlias(node)) return readAlias(node);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor === undefined) return readPlain(node, depth);
    const before = size;
    anchors.set(anchor, "open");
    const value = readPlain(node, depth);
    anchors.set(anchor, { node, value, size: size - before + 1 });
    return value;
  }

  function readAlias(node: Node & { source: string }): Json {
    const anchor = anchors.get(node.source);
    if (anchor === undefined) {
      return fault(node, "yaml-alias", `there is no anchor &${node.source} before this`, "an anchor must come first");
    }
    if (anchor === "open") return fault(node, "yaml-alias", `*${node.source} stands for something it is part of`);
    targets.set(node, anchor.node);
    const before = size;
    size += anchor.size;
    if (size > MAX_EXPANDED && before <= MAX_EXPANDED) {
      fault(node, "alias-bomb", `with this alias the document grows to more than ${MAX_EXPANDED} values`);
    }
    return anchor.value;
  }

  function readPlain(node: Node, depth: number): Json {
    if (depth > MAX_NESTING) return fault(node, "too-deep", `nested deeper than ${MAX_NESTING} levels`);
    if (isMap(node)) return readMap(node, depth);
    if (isSeq(node)) return node.items.map((item) => (isPair(item) ? null : read(item as Node, depth + 1)));
    const value = isScalar(node) ? scalarValue(node) : null;
    if (value !== undefined) return value;
    return fault(node, "invalid-value", `${(node as Scalar).source} is not a number JSON can carry`);
  }

  function readMap(node: YAMLMap, depth: number): Json {
    const value: Record<string, Json> = {};
    for (const pair of node.items) {
      const key = keyText(pair);
      const keyNode = (pair.key as Node | null) ?? node;
      if (key === undefined) fault(keyNode, "key-not-text", "a key must be text");
      else if (key === "__proto__") fault(keyNode, "forbidden-key", "`__proto__` cannot be a key");
      else if (Object.hasOwn(value, key)) {
        fault(
          keyNode,
          "duplicate-key",
          `\`${key}\` is already a key of this mapping`,
          "remove or rename one of the two",
        );
      } else value[key] = pair.value === null ? null : read(pair.value as Node, depth + 1);
    }
    return value;
  }

  const root = document.contents as Node | null;
  const value = root === null ? null : read(root, 0);
  return { value, faults, hasAliases: targets.size > 0, target: (node) => targets.get(node) ?? node };
}

/** Undefined: an infinity or NaN, which YAML has and JSON has not. */
function scalarValue({ value }: Scalar): Json | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}
