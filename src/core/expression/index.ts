export type { TypeNames } from "./check/context.js";
export { typeOfSchema, typeOfValue } from "./check/schema-type.js";
export { type Checked, checkExpression } from "./check/tree.js";
export { toJson } from "./compute/json.js";
export { compileExpression, type Expression } from "./expression.js";
export { ExpressionError, type ExpressionIssue } from "./fault.js";
export type { EvaluateOptions } from "./frame.js";
export { EXPRESSION_LIMITS } from "./limits.js";
export type { Reference } from "./references.js";
export {
  ANY_LIST,
  ANY_OBJECT,
  BOOLEAN,
  DECIMAL,
  DURATION,
  DYNAMIC,
  type Field,
  listOf,
  NULL,
  NUMBER,
  type ObjectType,
  objectOf,
  optionalOf,
  optionsOf,
  STRING,
  TIMESTAMP,
  type Type,
  typeName,
  unionOf,
  withoutNull,
} from "./type.js";
export {
  Decimal,
  Duration,
  Lazy,
  type Names,
  Optional,
  Timestamp,
  type Value,
  type ValueMap,
} from "./value.js";
