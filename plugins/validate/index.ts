import {
  definePlugin,
  defineStage,
  isObject,
  type Json,
  type JsonObject,
  type JsonSchema,
  StageError,
  type StageInfo,
} from "stagecraft/plugin";
import { type Fault, validatorOf } from "./schema.js";

/** Bad items a failure lists; the count is always whole. */
const LISTED = 20;

/** Checks data, and keeps what is bad apart from what is good. */
const validate = defineStage({
  kind: "pure",
  guards: true,
  name: "validate",
  title: "Validate",
  description:
    "Checks data against a JSON Schema: as a whole, or with `each` item by item, with a threshold for how many must pass and a quarantine for the rest.",
  examples: [
    [
      "uses: validate",
      "with:",
      "  data: ${{ stages.extract.outputs.rows }}",
      "  each: true",
      "  onInvalid: quarantine",
      "  minValidPercent: 90",
      "  schema:",
      "    type: object",
      "    required: [id]",
      "    properties: { id: { type: string } }",
      "",
    ].join("\n"),
  ],
  input: {
    type: "object",
    additionalProperties: false,
    required: ["data", "schema"],
    properties: {
      data: { description: "What is checked; with `each`, a list." },
      schema: {
        type: ["object", "boolean"],
        "x-schema": true,
        description: "JSON Schema (2020-12), or { file: rows.schema.json }.",
      },
      each: { type: "boolean", description: "Check each item of the list by itself. Default false." },
      minValidPercent: {
        type: "number",
        minimum: 0,
        maximum: 100,
        description: "Fewer valid items than this fail the stage. Default 100, or 0 with `onInvalid: quarantine`.",
      },
      onInvalid: {
        type: "string",
        enum: ["fail", "quarantine"],
        description: "fail: invalid data fails the stage. quarantine: it goes to `outputs.quarantined`. Default fail.",
      },
    },
  },
  output: outputSchema,
  run(input) {
    const faultsOf = validatorOf(input.schema as JsonObject);
    const data = itemsOf(input);
    const items: Json[] = [];
    const quarantined: (JsonObject & { index: number; errors: readonly Fault[] })[] = [];
    data.forEach((item, index) => {
      const errors = faultsOf(item);
      if (errors.length === 0) items.push(item);
      else quarantined.push({ index, item, errors });
    });
    const quality = data.length === 0 ? 1 : items.length / data.length;
    const floor = input.minValidPercent ?? (input.onInvalid === "quarantine" ? 0 : 100);
    if (quality * 100 < (floor as number)) throw failure(quarantined, data.length, input);
    return {
      outputs: {
        valid: quarantined.length === 0,
        items,
        quarantined,
        total: data.length,
        validCount: items.length,
        invalidCount: quarantined.length,
        quality,
      },
    };
  },
});

export default definePlugin({
  name: "validate",
  version: "1.0.0",
  apiVersion: 1,
  stages: [validate],
});

function itemsOf(input: JsonObject): readonly Json[] {
  if (input.each !== true) return [input.data as Json];
  if (Array.isArray(input.data)) return input.data;
  throw new StageError("validation-failed", "`each` needs a list, and the data is none");
}

function failure(
  bad: readonly { index: number; errors: readonly Fault[] }[],
  total: number,
  input: JsonObject,
): StageError {
  const [first] = bad;
  const fault = first?.errors[0];
  const example = fault ? `${fault.path === "" ? "the value" : fault.path} ${fault.message}` : "";
  const each = input.each === true;
  const message = each
    ? `${bad.length} of ${total} items are invalid; item ${first?.index}: ${example}`
    : `the data is invalid: ${example}`;
  const listed = bad.slice(0, LISTED).map(({ index, errors }) => (each ? { index, errors } : { errors }));
  return new StageError("validation-failed", message, { details: { invalid: bad.length, total, errors: listed } });
}

function outputSchema(info: StageInfo): JsonSchema {
  const item: Json = isObject(info.with.schema) && info.with.schema.file === undefined ? info.with.schema : {};
  const count = (description: string) => ({ type: "integer", minimum: 0, description });
  const fault = {
    type: "object",
    required: ["path", "message"],
    properties: { path: { type: "string" }, message: { type: "string" } },
  };
  const bad = {
    type: "object",
    required: ["index", "item", "errors"],
    properties: { index: { type: "integer" }, item: {}, errors: { type: "array", items: fault } },
  };
  const properties: Record<string, Json> = {
    valid: { type: "boolean", description: "Nothing was invalid." },
    items: { type: "array", items: item, description: "What is valid, in order." },
    quarantined: { type: "array", items: bad, description: "What is not, with its place in the list and why." },
    total: count("Items checked."),
    validCount: count("Items that are valid."),
    invalidCount: count("Items that are not."),
    quality: { type: "number", minimum: 0, maximum: 1, description: "Share of valid items; 1 for an empty list." },
  };
  return { type: "object", additionalProperties: false, required: Object.keys(properties), properties };
}
