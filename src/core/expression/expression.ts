import { type Compiled, compileTree } from "./compile/tree.js";
import { type ExpressionIssue, Fault, toExpressionError, toIssue } from "./fault.js";
import { charge, type EvaluateOptions, type Frame, newFrame } from "./frame.js";
import { type Reference, referencesOf } from "./references.js";
import { parse } from "./syntax/parser.js";
import { type Names, Optional, type Value } from "./value.js";

/** One expression, compiled once and evaluated as often as needed. */
export interface Expression {
  readonly source: string;
  readonly references: readonly Reference[];
  /** @throws ExpressionError, and nothing else that is not a fault of ours */
  evaluate(names: Names, options: EvaluateOptions): Value;
  /** As `evaluate`, within an evaluation under way, so that several expressions share one budget. */
  evaluateIn(frame: Frame): Value;
}

/** Without `expression` there is an issue of severity error. */
export function compileExpression(source: string): {
  readonly expression?: Expression;
  readonly issues: readonly ExpressionIssue[];
} {
  try {
    const tree = parse(source);
    const compiled = compileTree(tree);
    if (compiled.faults.length > 0) return { issues: compiled.faults.map(toIssue) };
    return { expression: expressionOf(source, compiled, referencesOf(tree)), issues: [] };
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return { issues: [toIssue(thrown)] };
  }
}

function expressionOf(source: string, { run, cost }: Compiled, references: readonly Reference[]): Expression {
  const whole = { start: 0, end: source.length };
  const evaluateIn = (frame: Frame): Value => {
    try {
      frame.site = whole;
      charge(frame, cost);
      const value = run(frame);
      return value instanceof Optional ? (value.value ?? null) : value;
    } catch (thrown) {
      if (thrown instanceof Fault) throw toExpressionError(thrown, source);
      if (!(thrown instanceof RangeError)) throw thrown;
      // The stack, or a text beyond what the machine can hold: data can do that, so it is no bug.
      throw toExpressionError(new Fault("too-large", "the data is too large or too deep", "final", whole), source);
    }
  };
  return { source, references, evaluateIn, evaluate: (names, options) => evaluateIn(newFrame(names, options)) };
}
