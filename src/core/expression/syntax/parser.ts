import { Fault, type Span } from "../fault.js";
import { EXPRESSION_LIMITS } from "../limits.js";
import type { Node, Operator } from "./ast.js";
import { readToken, type Token } from "./lexer.js";
import { buildCall } from "./macro.js";

/** Where the parser is: `token` is the next one, `previous` the last one taken. */
interface Cursor {
  readonly source: string;
  token: Token;
  previous: Token;
  nodes: number;
  nesting: number;
}

const BINDING: ReadonlyMap<string, number> = new Map([
  ["||", 1],
  ["&&", 2],
  ...["==", "!=", "<", "<=", ">", ">=", "in"].map((operator): [string, number] => [operator, 3]),
  ["+", 4],
  ["-", 4],
  ["*", 5],
  ["/", 5],
  ["%", 5],
]);

/** Words CEL keeps for itself: fine as fields, not as names. */
const RESERVED = new Set(
  "as break const continue else for function if import let loop package namespace return var void while".split(" "),
);

const WORD_HELP: ReadonlyMap<string, string> = new Map([
  ["and", "write `&&`"],
  ["or", "write `||`"],
  ["not", "write `!x`"],
  ["is", "write `==`"],
  ["div", "write `/`"],
  ["mod", "write `%`"],
  ["eq", "write `==`"],
  ["ne", "write `!=`"],
]);

/** The tree of one expression. @throws Fault `expression-syntax`, `expression-too-large` */
export function parse(source: string): Node {
  if (source.length > EXPRESSION_LIMITS.source) {
    throw tooLarge({ start: 0, end: source.length }, `it is longer than ${EXPRESSION_LIMITS.source} characters`);
  }
  const token = readToken(source, 0);
  const cursor: Cursor = { source, token, previous: token, nodes: 0, nesting: 0 };
  const node = parseConditional(cursor);
  if (cursor.token.kind !== "end") throw unexpected(cursor, "the end, or an operator such as `&&` or `==`");
  return node;
}

function parseConditional(cursor: Cursor): Node {
  if (++cursor.nesting > EXPRESSION_LIMITS.nesting) throw tooLarge(cursor.token, "it is nested too deep");
  let node = parseBinary(cursor, 1);
  if (takeSymbol(cursor, "?")) {
    const then = parseConditional(cursor);
    expectSymbol(cursor, ":");
    const otherwise = parseConditional(cursor);
    const span = { start: node.start, end: otherwise.end, height: above(cursor, node, then, otherwise) };
    node = { kind: "conditional", test: node, then, otherwise, ...span };
  }
  cursor.nesting--;
  return node;
}

function parseBinary(cursor: Cursor, least: number): Node {
  let left = parseUnary(cursor);
  for (;;) {
    const { token } = cursor;
    const binding = token.kind === "symbol" || token.text === "in" ? BINDING.get(token.text) : undefined;
    if (binding === undefined || binding < least || token.kind === "quoted" || token.kind === "text") return left;
    advance(cursor);
    const right = parseBinary(cursor, binding + 1);
    const span = { start: left.start, end: right.end, height: above(cursor, left, right) };
    left = { kind: "binary", operator: token.text as Operator, left, right, at: spanOf(token), ...span };
  }
}

function parseUnary(cursor: Cursor): Node {
  const { token } = cursor;
  if (token.kind !== "symbol" || (token.text !== "!" && token.text !== "-")) {
    return parsePostfix(cursor, parsePrimary(cursor));
  }
  if (++cursor.nesting > EXPRESSION_LIMITS.nesting) throw tooLarge(token, "it is nested too deep");
  advance(cursor);
  const operand = parseUnary(cursor);
  cursor.nesting--;
  const span = { start: token.start, end: operand.end, height: above(cursor, operand) };
  if (token.text === "-" && operand.kind === "literal" && typeof operand.value === "number") {
    return { ...operand, ...span, value: operand.value === 0 ? 0 : -operand.value };
  }
  return { kind: "unary", operator: token.text as "!" | "-", operand, ...span };
}

function parsePostfix(cursor: Cursor, first: Node): Node {
  let node = first;
  for (;;) {
    if (takeSymbol(cursor, ".")) {
      node = parseField(cursor, node);
    } else if (takeSymbol(cursor, "[")) {
      const optional = takeSymbol(cursor, "?");
      const index = parseConditional(cursor);
      const { end } = expectSymbol(cursor, "]");
      node = {
        kind: "index",
        target: node,
        index,
        optional,
        start: node.start,
        end,
        height: above(cursor, node, index),
      };
    } else {
      return node;
    }
  }
}

function parseField(cursor: Cursor, target: Node): Node {
  const optional = takeSymbol(cursor, "?");
  const { token } = cursor;
  if (token.kind !== "name" && token.kind !== "quoted") throw unexpected(cursor, "a field's name");
  if (token.text === "in" && token.kind === "name") throw unexpected(cursor, "a field's name");
  advance(cursor);
  if (!optional && token.kind === "name" && takeSymbol(cursor, "(")) return parseCall(cursor, token, target);
  const span = { start: target.start, end: token.end, height: above(cursor, target) };
  return { kind: "select", target, field: token.text, optional, at: spanOf(token), ...span };
}

function parseCall(cursor: Cursor, name: Token, target: Node | undefined): Node {
  const args = parseUntil(cursor, ")", () => parseConditional(cursor));
  const span = { start: target?.start ?? name.start, end: cursor.previous.end };
  const height = above(cursor, ...args, ...(target ? [target] : []));
  return buildCall(name.text, spanOf(name), target, args, { ...span, height });
}

function parsePrimary(cursor: Cursor): Node {
  const { token } = cursor;
  const leaf = { start: token.start, end: token.end, height: 1 };
  if (token.kind === "number" || token.kind === "text") {
    advance(cursor);
    above(cursor);
    return { kind: "literal", value: token.kind === "number" ? token.number : token.text, ...leaf };
  }
  if (token.kind === "name") return parseName(cursor, token);
  if (takeSymbol(cursor, "(")) {
    const inner = parseConditional(cursor);
    const { end } = expectSymbol(cursor, ")");
    return { ...inner, start: token.start, end };
  }
  if (takeSymbol(cursor, "[")) {
    const items = parseUntil(cursor, "]", () => ({
      optional: takeSymbol(cursor, "?"),
      value: parseConditional(cursor),
    }));
    const height = above(cursor, ...items.map((item) => item.value));
    return { kind: "list", items, start: token.start, end: cursor.previous.end, height };
  }
  if (takeSymbol(cursor, "{")) return parseMap(cursor, token.start);
  throw unexpected(cursor, "a value");
}

function parseName(cursor: Cursor, token: Token): Node {
  if (RESERVED.has(token.text) || token.text === "in") {
    const message = `\`${token.text}\` is a reserved word`;
    const help = token.text === "if" ? "write `test ? one : other`" : "as a field, write it after a dot";
    throw new Fault("expression-syntax", message, "error", spanOf(token), help);
  }
  advance(cursor);
  const leaf = { start: token.start, end: token.end, height: above(cursor) };
  const constant =
    token.text === "null" ? null : token.text === "true" ? true : token.text === "false" ? false : undefined;
  if (constant !== undefined) return { kind: "literal", value: constant, ...leaf };
  if (takeSymbol(cursor, "(")) return parseCall(cursor, token, undefined);
  const help = WORD_HELP.get(token.text.toLowerCase());
  if (help !== undefined && startsOperand(cursor.token)) {
    throw new Fault("expression-syntax", `unexpected \`${token.text}\``, "error", spanOf(token), help);
  }
  return { kind: "name", name: token.text, ...leaf };
}

function parseMap(cursor: Cursor, start: number): Node {
  const entries = parseUntil(cursor, "}", () => {
    const optional = takeSymbol(cursor, "?");
    const key = parseConditional(cursor);
    if (key.kind === "literal" && key.value === "__proto__") {
      throw new Fault("expression-syntax", "`__proto__` cannot be a key", "error", spanOf(key));
    }
    expectSymbol(cursor, ":");
    return { optional, key, value: parseConditional(cursor) };
  });
  const height = above(cursor, ...entries.flatMap((entry) => [entry.key, entry.value]));
  return { kind: "map", entries, start, end: cursor.previous.end, height };
}

/** Comma-separated parts up to `closing`; a comma may end a list or a map, as in CEL. */
function parseUntil<T>(cursor: Cursor, closing: ")" | "]" | "}", part: () => T): T[] {
  const parts: T[] = [];
  while (!takeSymbol(cursor, closing)) {
    if (parts.length > 0) {
      expectSymbol(cursor, ",", closing);
      if (closing !== ")" && takeSymbol(cursor, closing)) break;
    }
    parts.push(part());
  }
  return parts;
}

function startsOperand(token: Token): boolean {
  return token.kind === "name" ? token.text !== "in" : token.kind === "number" || token.kind === "text";
}

/** Counts a node and gives its height. */
function above(cursor: Cursor, ...children: readonly Node[]): number {
  let height = 1;
  for (const child of children) if (child.height >= height) height = child.height + 1;
  if (++cursor.nodes > EXPRESSION_LIMITS.nodes) throw tooLarge(cursor.previous, "it has too many parts");
  if (height > EXPRESSION_LIMITS.height) throw tooLarge(cursor.previous, "it is nested too deep");
  return height;
}

function advance(cursor: Cursor): void {
  cursor.previous = cursor.token;
  cursor.token = readToken(cursor.source, cursor.token.end);
}

function takeSymbol(cursor: Cursor, text: string): boolean {
  if (cursor.token.kind !== "symbol" || cursor.token.text !== text) return false;
  advance(cursor);
  return true;
}

function expectSymbol(cursor: Cursor, text: string, orElse?: string): Token {
  if (takeSymbol(cursor, text)) return cursor.previous;
  throw unexpected(cursor, orElse === undefined ? `\`${text}\`` : `\`${text}\` or \`${orElse}\``);
}

function unexpected(cursor: Cursor, wanted: string): Fault {
  const { token } = cursor;
  const found = token.kind === "end" ? "the end" : `\`${cursor.source.slice(token.start, token.end)}\``;
  const word = token.kind === "name" ? WORD_HELP.get(token.text.toLowerCase()) : undefined;
  return new Fault("expression-syntax", `unexpected ${found}: expected ${wanted}`, "error", spanOf(token), word);
}

function tooLarge(span: Span, why: string): Fault {
  const help = "move part of it into a `transform` stage";
  return new Fault("expression-too-large", `the expression is too large: ${why}`, "error", spanOf(span), help);
}

function spanOf(span: Span): Span {
  return { start: span.start, end: span.end };
}
