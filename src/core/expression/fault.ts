import type { Issue } from "../diagnostic.js";

/** A finding about one expression: `start` and `end` are offsets into its source. */
export interface ExpressionIssue extends Issue {
  readonly start: number;
  readonly end: number;
}

/** Why an evaluation failed. The offsets are into `source`, the text of the expression at fault. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  constructor(
    readonly code: string,
    message: string,
    readonly start: number,
    readonly end: number,
    readonly source: string,
    readonly help?: string,
  ) {
    super(message);
  }
}

/**
 * `absence`: a field or item that is not there, which `coalesce` and `get` forgive.
 * `final`: a limit, which `&&` and `||` never absorb.
 */
export type FaultKind = "absence" | "final" | "error";

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is thrown within an evaluation. No Error: a stack trace costs more than most expressions. */
export class Fault {
  constructor(
    readonly code: string,
    readonly message: string,
    readonly kind: FaultKind,
    readonly span: Span,
    readonly help?: string,
  ) {}
}

export function toExpressionError(fault: Fault, source: string): ExpressionError {
  return new ExpressionError(fault.code, fault.message, fault.span.start, fault.span.end, source, fault.help);
}

/** An issue made of what the lexer or parser threw. */
export function toIssue(fault: Fault): ExpressionIssue {
  const { code, message, help, span } = fault;
  const issue = { code, severity: "error", message, start: span.start, end: span.end } as const;
  return help === undefined ? issue : { ...issue, help };
}
