import { Fault } from "../fault.js";
import { readText } from "./text-literal.js";

export interface Token {
  readonly kind: "name" | "quoted" | "number" | "text" | "symbol" | "end";
  /** A name, the inside of back quotes, a decoded text literal, or a symbol. */
  readonly text: string;
  /** Of a number. */
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

const NAME = /[_a-zA-Z][_a-zA-Z0-9]*/y;
const QUOTED = /`[a-zA-Z0-9_.\-/ ]+`/y;
const NUMBER = /0[xX][0-9a-fA-F]+|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?/y;
/** A number that must keep all its digits as a double. */
const WHOLE = /^(?:0[xX][0-9a-fA-F]+|\d+)$/;
const TEXT = /[rRbB]{0,2}["']/y;
/** A symbol in itself, whatever comes after it. */
const ALONE = "-/%:,()[]{}";
const FOREIGN = /===|!==|\?\?|\?\.(?!\d)|=>|<>|&(?!&)|\|(?!\|)|=(?!=)|\*\*|\+\+|[;@#$^~\\]/y;
const SYMBOL = /&&|\|\||==|!=|<=|>=|[<>+\-*/%!?:.,()[\]{}]/y;

/** What people write who know another language, and what to write here. */
const FOREIGN_HELP: ReadonlyMap<string, string> = new Map([
  ["===", "write `==`: values of different types are never equal"],
  ["!==", "write `!=`: values of different types are never equal"],
  ["??", "write `coalesce(a, b)`, or `a.?b.orValue(c)`"],
  ["?.", "write `a.?b`: the question mark comes after the dot"],
  ["=", "write `==` to compare"],
  ["&", "write `&&`"],
  ["|", "write `||`"],
  ["<>", "write `!=`"],
  ["=>", "write `list.map(item, …)`: no arrow"],
  ["`", "texts stand in quotes, joined with `+`"],
  ["#", "a comment starts with `//`"],
  ["$", "names stand alone here: no `$` and no `${{ }}` inside an expression"],
]);

/** The token that starts at or after `at`. @throws Fault `expression-syntax` */
export function readToken(source: string, at: number): Token {
  const start = afterBlanks(source, at);
  if (start >= source.length) return { kind: "end", text: "", number: 0, start: source.length, end: source.length };
  const first = source[start] as string;
  if (ALONE.includes(first)) return { kind: "symbol", text: first, number: 0, start, end: start + 1 };
  if (`rRbB"'`.includes(first)) {
    const opening = matchAt(TEXT, source, start);
    if (opening !== undefined) return textToken(source, start, opening);
  }
  const name = matchAt(NAME, source, start);
  if (name !== undefined) return { kind: "name", text: name, number: 0, start, end: start + name.length };
  const number = matchAt(NUMBER, source, start);
  if (number !== undefined) return numberToken(source, start, number);
  const quoted = matchAt(QUOTED, source, start);
  if (quoted !== undefined) {
    return { kind: "quoted", text: quoted.slice(1, -1), number: 0, start, end: start + quoted.length };
  }
  const foreign = matchAt(FOREIGN, source, start);
  if (foreign !== undefined) throw unexpected(foreign, start, FOREIGN_HELP.get(foreign));
  const symbol = matchAt(SYMBOL, source, start);
  if (symbol !== undefined) return { kind: "symbol", text: symbol, number: 0, start, end: start + symbol.length };
  const sign = String.fromCodePoint(source.codePointAt(start)!);
  throw unexpected(sign, start, FOREIGN_HELP.get(sign));
}

/** White space and comments are between tokens. */
function afterBlanks(source: string, from: number): number {
  let at = from;
  for (;;) {
    if (" \t\n\f\r".includes(source[at] ?? "-")) at += 1;
    else if (source.startsWith("//", at)) {
      const line = source.indexOf("\n", at);
      at = line < 0 ? source.length : line;
    } else return at;
  }
}

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function unexpected(text: string, start: number, help: string | undefined): Fault {
  const span = { start, end: start + text.length };
  return new Fault("expression-syntax", `unexpected \`${text}\``, "error", span, help);
}

function textToken(source: string, start: number, opening: string): Token {
  const prefix = opening.slice(0, -1).toLowerCase();
  if (prefix !== "" && prefix !== "r") {
    const span = { start, end: start + opening.length };
    throw new Fault("expression-syntax", "there are no byte texts here", "error", span, "leave out the `b`");
  }
  const { value, end } = readText(source, start, start + prefix.length, prefix === "r");
  return { kind: "text", text: value, number: 0, start, end };
}

function numberToken(source: string, start: number, text: string): Token {
  const end = start + text.length;
  const after = matchAt(NAME, source, end);
  if (after !== undefined) {
    const help = /^[uU]$/.test(after) ? `write ${text}: there is one kind of number` : "a name starts with a letter";
    throw unexpected(text + after, start, help);
  }
  const number = Number(text);
  if (!Number.isFinite(number) || (WHOLE.test(text) && BigInt(number) !== BigInt(text))) {
    const help = `write decimal("${text}") for exact arithmetic on large numbers`;
    throw new Fault("expression-syntax", `${text} is more than a number can hold`, "error", { start, end }, help);
  }
  return { kind: "number", text, number, start, end };
}
