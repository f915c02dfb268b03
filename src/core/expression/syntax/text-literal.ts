import { Fault } from "../fault.js";

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
  ["?", "?"],
  ['"', '"'],
  ["'", "'"],
  ["`", "`"],
]);

/** Letter of an escape to how many hexadecimal digits follow. */
const HEX: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["X", 2],
  ["u", 4],
  ["U", 8],
]);

/** A text literal read from its opening quote at `quoteAt`; `start` is where its prefix begins. */
export function readText(source: string, start: number, quoteAt: number, raw: boolean): { value: string; end: number } {
  const quote = source[quoteAt]!;
  const fence = source.startsWith(quote.repeat(3), quoteAt) ? quote.repeat(3) : quote;
  let at = quoteAt + fence.length;
  let value = "";
  while (at < source.length) {
    if (source.startsWith(fence, at)) return { value, end: at + fence.length };
    const char = source[at]!;
    if (fence.length === 1 && (char === "\n" || char === "\r")) break;
    if (char !== "\\" || raw) {
      value += char;
      at++;
    } else {
      const escaped = readEscape(source, at);
      value += escaped.value;
      at = escaped.end;
    }
  }
  throw new Fault(
    "expression-syntax",
    "this text is not closed",
    "error",
    { start, end: source.length },
    `close it with ${fence}; in YAML, \` #\` starts a comment and \`: \` a key: put the whole value in quotes`,
  );
}

function readEscape(source: string, at: number): { value: string; end: number } {
  const letter = source[at + 1] ?? "";
  const simple = SIMPLE.get(letter);
  if (simple !== undefined) return { value: simple, end: at + 2 };
  const octal = /^[0-3][0-7]{2}/.exec(source.slice(at + 1, at + 4));
  if (octal) return { value: String.fromCharCode(Number.parseInt(octal[0], 8)), end: at + 4 };
  const length = HEX.get(letter);
  const digits = source.slice(at + 2, at + 2 + (length ?? 0));
  if (length !== undefined && digits.length === length && /^[0-9a-fA-F]+$/.test(digits)) {
    const code = Number.parseInt(digits, 16);
    if (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) {
      return { value: String.fromCodePoint(code), end: at + 2 + length };
    }
  }
  const end = at + 2 + digits.length;
  const help = 'write `\\\\` for a backslash, or a raw text: r"…"';
  throw new Fault("expression-syntax", `\`${source.slice(at, end)}\` is no escape`, "error", { start: at, end }, help);
}
