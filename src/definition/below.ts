import { isObject, type JsonSchema } from "../core/json.js";

/** The schema of an item or a field where it is said plainly; undefined: nothing is known. */
export function below(schema: JsonSchema | undefined, step: string | number): JsonSchema | undefined {
  if (schema === undefined) return undefined;
  const { properties, additionalProperties, items } = schema;
  if (typeof step === "number") return isObject(items) ? items : undefined;
  if (isObject(properties) && Object.hasOwn(properties, step)) {
    const field = properties[step];
    return isObject(field) ? field : undefined;
  }
  return isObject(additionalProperties) ? additionalProperties : undefined;
}
