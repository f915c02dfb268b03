import type { TObject } from "@sinclair/typebox";
import { Ajv, type ErrorObject } from "ajv";
import addFormats from "ajv-formats";
import { StagecraftError } from "../core/errors.js";

type Checker = (value: unknown) => unknown;

/** Query values arrive as text, so numbers are read out of it; bodies say what they mean. */
const readers = { query: ajvWith(true), body: ajvWith(false) };

/** Checks against a schema and fills in defaults; every fault at once. @throws StagecraftError `invalid-request` */
export function checker(schema: TObject | undefined, what: "the query" | "the body"): Checker {
  if (schema === undefined) return () => ({});
  const check = (what === "the query" ? readers.query : readers.body).compile(schema);
  return (value) => {
    if (check(value)) return value;
    const faults = (check.errors ?? []).map(explain);
    throw new StagecraftError("invalid-request", `${what}: ${faults.join("; ")}`, { help: "see /api/v1/openapi.json" });
  };
}

function explain({ instancePath, keyword, params, message }: ErrorObject): string {
  const where = instancePath.slice(1).replaceAll("/", ".");
  if (keyword === "additionalProperties")
    return `unknown field ${where ? `${where}.` : ""}${params["additionalProperty"]}`;
  return `${where || "it"} ${message}${keyword === "enum" ? ` (${params["allowedValues"].join(", ")})` : ""}`;
}

function ajvWith(coerceTypes: boolean): Ajv {
  const ajv = new Ajv({ allErrors: true, strict: false, useDefaults: true, coerceTypes });
  (addFormats as unknown as typeof addFormats.default)(ajv);
  return ajv;
}
