import { type ExpressionIssue, Fault, toIssue } from "./fault.js";
import { readToken } from "./syntax/lexer.js";

/** One `${{ … }}` in a text: `start` and `end` are those of the expression between the braces. */
export interface Embedded {
  readonly source: string;
  readonly start: number;
  readonly end: number;
  /** The text is this expression and nothing else: its value keeps its type. */
  readonly whole: boolean;
}

/** A piece of a text: literal, or an expression. */
export type Piece = string | Embedded;

/** What an expression in a text begins with. */
export const OPEN = "${{";
const CLOSE = "}}";
/** What a `}}` that does not end the expression could stand in. */
const HIDING = /["'{]|\/\//;

/** The expressions of a text, in order. An unclosed `${{` is an issue; `$${{` stands for `${{` itself. */
export function findExpressions(text: string): {
  readonly found: readonly Embedded[];
  readonly issues: readonly ExpressionIssue[];
} {
  const { pieces, issues } = splitText(text);
  return { found: pieces.filter((piece) => typeof piece !== "string"), issues };
}

/** A text cut at its expressions, escapes undone. */
export function splitText(text: string): {
  readonly pieces: readonly Piece[];
  readonly issues: readonly ExpressionIssue[];
} {
  const pieces: Piece[] = [];
  let literal = "";
  let at = 0;
  for (let open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, at)) {
    if (text[open - 1] === "$" && open > at) {
      literal += text.slice(at, open - 1) + OPEN;
      at = open + OPEN.length;
      continue;
    }
    const start = open + OPEN.length;
    const end = endOf(text, start);
    if (end === undefined) return { pieces: [text], issues: [unclosed(open)] };
    literal += text.slice(at, open);
    at = end + CLOSE.length;
    // A block scalar ends with a line break nobody meant.
    const whole = open === 0 && text.slice(at).trimEnd() === "" && !/[ \t]$/.test(text.slice(at));
    if (whole) return { pieces: [{ source: text.slice(start, end), start, end, whole }], issues: [] };
    if (literal !== "") pieces.push(literal);
    pieces.push({ source: text.slice(start, end), start, end, whole });
    literal = "";
  }
  literal += text.slice(at);
  if (literal !== "") pieces.push(literal);
  return { pieces, issues: [] };
}

/**
 * Where the `}}` is that ends the expression: not within a text, a comment or an object. An expression that cannot be
 * read ends at the first `}}`, so that its own fault is the one reported.
 */
function endOf(text: string, start: number): number | undefined {
  const first = text.indexOf(CLOSE, start);
  if (first < 0 || !HIDING.test(text.slice(start, first))) return first < 0 ? undefined : first;
  try {
    let depth = 0;
    for (let at = start; ; ) {
      const token = readToken(text, at);
      if (token.kind === "end") return first;
      if (token.text === "{" && token.kind === "symbol") depth++;
      if (token.text === "}" && token.kind === "symbol") {
        if (depth === 0) return text.startsWith(CLOSE, token.start) ? token.start : first;
        depth--;
      }
      at = token.end;
    }
  } catch (thrown) {
    if (thrown instanceof Fault) return first;
    throw thrown;
  }
}

function unclosed(open: number): ExpressionIssue {
  const span = { start: open, end: open + OPEN.length };
  const help = "close it with `}}`; for the signs themselves write `$${{`";
  return toIssue(new Fault("expression-syntax", "`${{` is not closed", "error", span, help));
}
