import { isObject, type Json } from "../json.js";
import { scalarText, toJson } from "./compute/json.js";
import { OPEN, type Piece, splitText } from "./embedded.js";
import { compileExpression, type Expression } from "./expression.js";
import { ExpressionError, type ExpressionIssue } from "./fault.js";
import { type EvaluateOptions, type Frame, newFrame } from "./frame.js";
import { EXPRESSION_LIMITS } from "./limits.js";
import type { Reference } from "./references.js";
import { kindOf, type Names } from "./value.js";

export { type Embedded, findExpressions } from "./embedded.js";

/** A value of the definition, compiled once. */
export interface CompiledTemplate {
  /** It holds no expression: every evaluation gives the same. */
  readonly constant: boolean;
  /** Of all its expressions; offsets are into each expression's own source. */
  readonly references: readonly Reference[];
  /** One budget for all its expressions. @throws ExpressionError */
  evaluate(names: Names, options: EvaluateOptions): Json;
}

type Fill = (frame: Frame) => Json;

/** A part of a template: a function when it depends on an expression, else the value itself. */
type Part = { readonly fill: Fill } | Fixed;

interface Fixed {
  readonly fixed: Json;
}

/**
 * A value as written, `${{ }}` included. Keys are never expressions.
 * @throws ExpressionError on a syntax fault: definitions are checked before
 */
export function compileTemplate(value: Json): CompiledTemplate {
  const references: Reference[] = [];
  const part = compilePart(value, references);
  if (isFixed(part)) return { constant: true, references, evaluate: () => part.fixed };
  return { constant: false, references, evaluate: (names, options) => part.fill(newFrame(names, options)) };
}

function compilePart(value: Json, references: Reference[]): Part {
  if (typeof value === "string") return compileText(value, references);
  if (Array.isArray(value)) {
    const parts = value.map((item) => compilePart(item, references));
    if (parts.every(isFixed)) return { fixed: parts.map((part) => part.fixed) };
    return { fill: (frame) => parts.map((part) => filled(part, frame)) };
  }
  if (!isObject(value)) return { fixed: value };
  const parts: { readonly key: string; readonly part: Part }[] = [];
  const fixed: [string, Json][] = [];
  for (const key of Object.keys(value)) {
    const part = compilePart(value[key] as Json, references);
    parts.push({ key, part });
    if (isFixed(part)) fixed.push([key, part.fixed]);
  }
  if (fixed.length === parts.length) return { fixed: Object.fromEntries(fixed) };
  return { fill: (frame) => Object.fromEntries(parts.map(({ key, part }) => [key, filled(part, frame)])) };
}

function isFixed(part: Part): part is Fixed {
  return "fixed" in part;
}

function filled(part: Part, frame: Frame): Json {
  return isFixed(part) ? part.fixed : part.fill(frame);
}

function compileText(text: string, references: Reference[]): Part {
  if (!text.includes(OPEN)) return { fixed: text };
  const { pieces, issues } = splitText(text);
  if (issues[0]) throw errorOf(issues[0], text);
  const compiled = pieces.map((piece) => compilePiece(piece, references));
  if (compiled.every((piece) => typeof piece === "string")) return { fixed: compiled.join("") };
  const [first] = pieces;
  if (typeof first === "object" && first.whole) {
    const expression = compiled[0] as Expression;
    return { fill: (frame) => toJson(expression.evaluateIn(frame)) };
  }
  return { fill: (frame) => joined(compiled, frame) };
}

function compilePiece(piece: Piece, references: Reference[]): string | Expression {
  if (typeof piece === "string") return piece;
  const { expression, issues } = compileExpression(piece.source);
  if (expression === undefined) throw errorOf(issues[0]!, piece.source);
  references.push(...expression.references);
  return expression;
}

function joined(pieces: readonly (string | Expression)[], frame: Frame): string {
  let text = "";
  for (const piece of pieces) {
    text += typeof piece === "string" ? piece : interpolated(piece, frame);
    if (text.length > EXPRESSION_LIMITS.text) {
      throw new ExpressionError("too-large", "the text is too long", 0, 0, "");
    }
  }
  return text;
}

function interpolated(expression: Expression, frame: Frame): string {
  const { source } = expression;
  const value = expression.evaluateIn(frame);
  const text = scalarText(value);
  if (text !== undefined) return text;
  const help =
    value === null ? 'write coalesce(x, "") for a value that may be null' : 'write json(x), or join(list, ", ")';
  throw new ExpressionError(
    "not-a-text",
    `${value === null ? "null" : `a value of type ${kindOf(value)}`} cannot stand inside a text`,
    0,
    source.length,
    source,
    help,
  );
}

function errorOf(issue: ExpressionIssue, source: string): ExpressionError {
  return new ExpressionError(issue.code, issue.message, issue.start, issue.end, source, issue.help);
}
