export type { TypeNames } from "./check/context.js";
export { typeOfSchema, typeOfValue } from "./check/schema-type.js";
export { type Checked, checkExpression } from "./check/tree.js";
export { toJson } from "./compute/json.js";
export { compileExpression, type Expression } from "./expression.js";
export { ExpressionError, type ExpressionIssue } from "./fault.js";
export type { EvaluateOptions } from "./frame.js";
export type { Reference } from "./references.js";
export {
  BOOLEAN,
  DYNAMIC,
  type Field,
  listOf,
  NUMBER,
  type ObjectType,
  objectOf,
  optionsOf,
  STRING,
  TIMESTAMP,
  type Type,
  typeName,
  unionOf,
} from "./type.js";
export {
  Decimal,
  Duration,
  Lazy,
  type Names,
  Timestamp,
  type Value,
} from "./value.js";
