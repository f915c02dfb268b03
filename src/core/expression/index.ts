export { compileExpression, type Expression } from "./expression.js";
export { ExpressionError, type ExpressionIssue } from "./fault.js";
export type { EvaluateOptions } from "./frame.js";
export { toJson } from "./json.js";
export { EXPRESSION_LIMITS } from "./limits.js";
export type { Reference } from "./references.js";
export { Decimal, Duration, Lazy, type Names, Optional, Timestamp, type Value, type ValueMap } from "./value.js";
