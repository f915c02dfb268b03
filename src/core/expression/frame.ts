import { Fault, type FaultKind, type Span } from "./fault.js";
import { EXPRESSION_LIMITS } from "./limits.js";
import type { Names, Value } from "./value.js";

/** One evaluation under way. */
export interface Frame {
  readonly names: Names;
  /** Milliseconds since the epoch, for `now()`. */
  readonly now: number;
  /** Cost units left. */
  left: number;
  /** Variables of the macros around, outermost first. */
  readonly locals: Value[];
  /** The call being made: where a function's fault is shown. */
  site: Span;
}

export interface EvaluateOptions {
  /** Milliseconds since the epoch: what `now()` says. */
  readonly now: number;
  /** Cost units; 1,000,000 unless given. */
  readonly budget?: number;
}

export function newFrame(names: Names, options: EvaluateOptions): Frame {
  const left = options.budget ?? EXPRESSION_LIMITS.budget;
  return { names, now: options.now, left, locals: [], site: { start: 0, end: 0 } };
}

/** Takes `cost` from the budget. Not-a-number counts as spent: `NaN < 0` is false, and would switch the budget off. */
export function charge(frame: Frame, cost: number): void {
  frame.left -= cost;
  if (!(frame.left >= 0)) {
    throw fault(
      frame.site,
      "budget-exceeded",
      "the expression costs too much to evaluate",
      "final",
      "it visits too many items or builds too much text: move the work into a stage",
    );
  }
}

export function fault(span: Span, code: string, message: string, kind: FaultKind = "error", help?: string): Fault {
  return new Fault(code, message, kind, { start: span.start, end: span.end }, help);
}

/** The fault of a function, shown at its call. */
export function fail(frame: Frame, code: string, message: string, help?: string): Fault {
  return fault(frame.site, code, message, "error", help);
}

/** Charges for a text about to be made and refuses one that is too long. */
export function chargeText(frame: Frame, length: number): void {
  charge(frame, length / 100);
  if (!(length <= EXPRESSION_LIMITS.text)) {
    throw fault(frame.site, "too-large", `the text would be longer than ${EXPRESSION_LIMITS.text} characters`, "final");
  }
}

/** Charges for a list about to be made and refuses one that is too long. */
export function chargeItems(frame: Frame, count: number): void {
  charge(frame, count);
  if (!(count <= EXPRESSION_LIMITS.items)) {
    throw fault(frame.site, "too-large", `the list would have more than ${EXPRESSION_LIMITS.items} items`, "final");
  }
}
