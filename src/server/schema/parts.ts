import { type Static, type TSchema, Type } from "@sinclair/typebox";
import type { Json, JsonObject } from "../../core/json.js";

/** Small schemas that the documents are made of. One with an `$id` is a component of the OpenAPI document. */

export const Text = (description?: string) => Type.String(description === undefined ? {} : { description });
export const Moment = Type.String({ format: "date-time" });
export const Count = Type.Integer({ minimum: 0 });
export const Any = Type.Unsafe<Json>({ description: "any JSON value" });
export const Values = Type.Unsafe<JsonObject>({ type: "object", additionalProperties: true });

/** A closed object. */
export function record<T extends Record<string, TSchema>>(properties: T, id?: string) {
  return Type.Object(properties, { additionalProperties: false, ...(id !== undefined && { $id: id }) });
}

export function oneOf<const T extends readonly string[]>(values: T, description?: string) {
  return Type.Unsafe<T[number]>({
    type: "string",
    enum: [...values],
    ...(description !== undefined && { description }),
  });
}

export function nullable<T extends TSchema>(schema: T) {
  return Type.Unsafe<Static<T> | null>({ anyOf: [schema, { type: "null" }] });
}

/** One page of a list, and where the next one begins. */
export function page<T extends TSchema>(item: T, id: string) {
  return record(
    { items: Type.Array(item), next: nullable(Text("cursor of the next page; null: this is the last")) },
    id,
  );
}
