import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import {
  definePlugin,
  defineStage,
  isObject,
  type Json,
  type JsonObject,
  type JsonSchema,
  StageError,
  type StageInfo,
  type StageIssue,
} from "stagecraft/plugin";
import { evaluateJsonata, syntaxFault } from "./jsonata.js";
import { shapeOf } from "./shape.js";

/** Makes data of another shape. */
const transform = defineStage({
  kind: "pure",
  name: "transform",
  title: "Transform",
  description:
    "Builds new data: `values`, an object of expressions, or `jsonata`, a JSONata expression over `input`, for reshaping lists and trees.",
  examples: [
    "uses: transform\nwith:\n  values:\n    total: ${{ inputs.net * 1.19 }}\n    currency: EUR\n",
    'uses: transform\nwith:\n  input: ${{ stages.load.outputs.rows }}\n  jsonata: |\n    $.{ "id": id, "amount": $number(amount) }\n',
  ],
  input: {
    type: "object",
    additionalProperties: false,
    minProperties: 1,
    properties: {
      values: { type: "object", description: "The outputs, by name. Instead of `jsonata`." },
      jsonata: { type: "string", minLength: 1, description: "A JSONata expression; its result is `outputs.value`." },
      input: { description: "What the JSONata expression sees as its root." },
      schema: {
        type: "object",
        "x-schema": true,
        description: "JSON Schema the result must satisfy; types what comes after.",
      },
    },
  },
  output: outputSchema,
  check,
  async run(input, context) {
    if (typeof input.jsonata === "string") {
      const value = await evaluateJsonata(input.jsonata, input.input ?? null, context.now);
      satisfy(value, input.schema);
      return { outputs: { value } };
    }
    if (!isObject(input.values)) throw new StageError("transform-form", "give `values` or `jsonata`");
    satisfy(input.values, input.schema);
    return { outputs: input.values };
  },
});

export default definePlugin({
  name: "transform",
  version: "1.0.0",
  apiVersion: 1,
  codes: [
    {
      code: "transform-form",
      means: "A `transform` does not say exactly one of `values` and `jsonata`, or has a key that goes with the other.",
      mend: "Keep one of the two.",
    },
  ],
  stages: [transform],
});

function outputSchema(info: StageInfo): JsonSchema {
  const { values, jsonata, schema } = info.with;
  if (jsonata === undefined) return isObject(schema) ? schema : isObject(values) ? shapeOf(values) : { type: "object" };
  const value: Json = isObject(schema) ? schema : {};
  return { type: "object", additionalProperties: false, required: ["value"], properties: { value } };
}

/** @throws StageError `transform-invalid` */
function satisfy(value: Json, schema: Json | undefined): void {
  if (!isObject(schema)) return;
  const ajv = new Ajv({ strict: false, logger: false, allErrors: true });
  addFormats.default(ajv);
  if (ajv.validate(schema, value)) return;
  const message = `the result breaks its schema: ${ajv.errorsText(ajv.errors, { dataVar: "result" })}`;
  throw new StageError("transform-invalid", message);
}

function check(info: StageInfo): StageIssue[] {
  const { values, jsonata, input } = info.with as JsonObject;
  const issue = (path: string[], message: string, help?: string): StageIssue => {
    return { code: "transform-form", severity: "error", path: ["with", ...path], message, ...(help ? { help } : {}) };
  };
  if (values === undefined && jsonata === undefined) return [issue([], "give `values` or `jsonata`")];
  if (values !== undefined && jsonata !== undefined)
    return [issue(["jsonata"], "give `values` or `jsonata`, not both")];
  if (jsonata === undefined) {
    return input === undefined ? [] : [issue(["input"], "`input` goes with `jsonata`; `values` holds expressions")];
  }
  if (typeof jsonata !== "string" || jsonata.includes("${{")) return [];
  const fault = syntaxFault(jsonata);
  return fault === undefined ? [] : [issue(["jsonata"], `${fault.message} (at character ${fault.position})`)];
}
