import { type TSchema, Type } from "@sinclair/typebox";
import { DURATION_PATTERN } from "../../core/duration.js";
import type { Json, JsonObject } from "../../core/json.js";

/** Exactly one `${{ … }}`. */
export const EXPRESSION_PATTERN = "^\\s*\\$\\{\\{[\\s\\S]*\\}\\}\\s*$";
export const STAGE_ID_PATTERN = "^[a-z][A-Za-z0-9]*$";
/** The same form by another name: what is said of a stage is not said of a trigger. */
export const TRIGGER_ID_PATTERN = "^[a-z][a-zA-Z0-9]*$";
export const NEED_PATTERN = "^[a-z][A-Za-z0-9]*(\\.[A-Za-z][A-Za-z0-9]*)?$";
export const WORKFLOW_ID_PATTERN = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";
export const VERSION_PATTERN = "^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$";
export const NAME_PATTERN = "^[A-Za-z_][A-Za-z0-9_]*$";
export const SECRET_PATTERN = "^[A-Z][A-Z0-9_]*$";
export const ERROR_CODE_PATTERN = "^[A-Za-z][A-Za-z0-9._-]*$";
/** A stage by its path: `pay`, `checks/vendor`, `load[*]`, `load[0]`, `draft#1`; `pay.compensate` with mocks. */
export const ADDRESS_PATTERN =
  "^[a-z][A-Za-z0-9]*(\\[(\\d+|\\*)\\])?(#(\\d+|\\*))?(/[a-z][A-Za-z0-9]*(\\[(\\d+|\\*)\\])?(#(\\d+|\\*))?)*(\\.compensate)?$";

/** What a pattern means: the code it is reported with, and a sentence. */
export interface PatternMeaning {
  readonly code: string;
  readonly says: string;
  readonly help?: string;
  /** The name a text was most likely meant to be; one that is none either is not told. */
  readonly suggest?: (text: string) => string;
}

const wordsOf = (text: string) => text.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");

/** `fetch-data` and `Fetch data` make `fetchData`; what begins with a digit makes no name. */
function camelCase(text: string): string {
  const [first = "", ...rest] = wordsOf(text);
  const start = /^[A-Z]+$/.test(first) ? first.toLowerCase() : first.charAt(0).toLowerCase() + first.slice(1);
  return start + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/** `Bad_One` and `badOne` make `bad-one`. */
function kebabCase(text: string): string {
  return wordsOf(text.replace(/([a-z0-9])([A-Z])/g, "$1-$2"))
    .join("-")
    .toLowerCase();
}

/** `erpToken` and `erp-token` make `ERP_TOKEN`. */
function upperCase(text: string): string {
  return kebabCase(text).replaceAll("-", "_").toUpperCase();
}

export const PATTERN_MEANINGS: ReadonlyMap<string, PatternMeaning> = new Map([
  [DURATION_PATTERN, { code: "bad-duration", says: "is not a duration", help: "write 500ms, 2s, 5m, 1h30m or 3d" }],
  [
    VERSION_PATTERN,
    { code: "bad-version", says: "is not a semantic version", help: 'three numbers in quotes, such as "1.0.0"' },
  ],
  [
    EXPRESSION_PATTERN,
    { code: "needs-expression", says: "is not an expression", help: "wrap the whole of it: ${{ … }}" },
  ],
  [
    STAGE_ID_PATTERN,
    {
      code: "bad-name",
      says: "is not a stage id",
      help: "a small letter first, then letters and digits: budgetCheck",
      suggest: camelCase,
    },
  ],
  [
    TRIGGER_ID_PATTERN,
    {
      code: "bad-name",
      says: "is not a trigger's id",
      help: "a small letter first, then letters and digits: nightly",
      suggest: camelCase,
    },
  ],
  [
    WORKFLOW_ID_PATTERN,
    {
      code: "bad-name",
      says: "is not a workflow id",
      help: "small letters, digits and dashes: financial-approval",
      suggest: kebabCase,
    },
  ],
  [
    NEED_PATTERN,
    { code: "bad-need", says: "is not an edge", help: "write a stage, or a stage and an outcome: gate.approved" },
  ],
  [
    NAME_PATTERN,
    {
      code: "bad-name",
      says: "is not a name",
      help: "a letter first, then letters, digits and _",
      suggest: camelCase,
    },
  ],
  [
    SECRET_PATTERN,
    {
      code: "bad-name",
      says: "is not a secret's name",
      help: "capital letters, digits and _: ERP_TOKEN",
      suggest: upperCase,
    },
  ],
  [
    ADDRESS_PATTERN,
    { code: "bad-name", says: "is not the address of a stage", help: "such as pay, checks/vendor, load[*] or draft#0" },
  ],
  [ERROR_CODE_PATTERN, { code: "bad-name", says: "is not an error code", help: "such as http-503 or timeout" }],
]);

interface Words {
  readonly description: string;
  readonly examples?: readonly Json[];
  readonly [keyword: string]: unknown;
}

/** Options of a closed object. */
export const closed = (description: string, more: JsonObject = {}) => ({
  description,
  additionalProperties: false as const,
  ...more,
});

export const Duration = (description: string) =>
  Type.String({ pattern: DURATION_PATTERN, description, examples: ["500ms", "30s", "5m", "1h30m", "3d"] });

/** True, false, or exactly one expression. */
export const Condition = (description: string) =>
  Type.Unsafe<boolean | string>({
    type: ["boolean", "string"],
    pattern: EXPRESSION_PATTERN,
    description,
    examples: ["${{ inputs.amount > 1000 }}"],
  });

/** Text in which expressions may stand. */
export const Text = (words: Words) => Type.String(words);

/** Any value; expressions anywhere inside it. */
export const Anything = (description: string) => Type.Unsafe<Json>({ description });

/** Names to values, expressions anywhere inside. */
export const Templates = (description: string) =>
  Type.Unsafe<JsonObject>({
    type: "object",
    description,
    propertyNames: { pattern: NAME_PATTERN },
    additionalProperties: true,
  });

/** A list, or one expression that gives one. */
export const ListOrExpression = (description: string) =>
  Type.Unsafe<Json>({ type: ["array", "string"], pattern: EXPRESSION_PATTERN, description });

export const Words = <const T extends string>(
  values: readonly T[],
  description: string,
  meanings?: readonly string[],
) =>
  Type.Unsafe<T>({
    type: "string",
    enum: [...values],
    description,
    ...(meanings !== undefined && { enumDescriptions: [...meanings] }),
  });

/** Name to something, the names of one form. */
export const Named = <T extends TSchema>(pattern: string, value: T, description: string) =>
  Type.Unsafe<Record<string, import("@sinclair/typebox").Static<T>>>({
    type: "object",
    description,
    propertyNames: { pattern },
    additionalProperties: value,
  });

export const ErrorCodes = (description: string) =>
  Type.Array(Type.String({ pattern: ERROR_CODE_PATTERN }), { minItems: 1, description, examples: [["timeout"]] });
