import type { JsonSchema } from "stagecraft/plugin";
import { AGGREGATES, HIT_POLICIES } from "./model.js";

const EXPRESSION = { type: "string", description: "${{ facts.… }}" };

const ROWS = {
  type: ["array", "object"],
  description: "Rows by column name, or `{ file: rows.csv }`. A column left out matches anything.",
  items: {
    type: "object",
    description: 'Columns by their names: { amount: ">= 1000", level: high }.',
    properties: {
      when: { type: "string", description: "A condition over the facts, beside the cells." },
      note: { type: "string", description: "Why; kept with every decision of the row." },
    },
  },
};
const DEFAULT = { type: "object", description: "Every output column, for when no row matches." };

/** Of one entry of `rulesets`, for the editor: what `readTable` says in full, as far as a schema can say it. */
export const rulesetSchema: JsonSchema = {
  type: "object",
  additionalProperties: false,
  patternProperties: { "^x-": {} },
  required: ["outputs"],
  oneOf: [{ required: ["rules"] }, { required: ["versions"] }],
  properties: {
    version: { type: "string", description: "Kept with every decision." },
    title: { type: "string", description: "For people." },
    description: { type: "string", description: "What it decides." },
    hit: {
      type: "string",
      enum: HIT_POLICIES,
      default: "unique",
      description: "What to make of several matching rows, as in DMN.",
    },
    aggregate: {
      type: "string",
      enum: AGGREGATES,
      description: "With `hit: collect`: one number of all matching rows.",
    },
    inputs: {
      type: "object",
      description: "Input column to the expression its cells are held against.",
      additionalProperties: {
        type: ["string", "object"],
        if: { type: "object" },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
        then: {
          additionalProperties: false,
          required: ["value"],
          properties: {
            value: EXPRESSION,
            schema: { type: "object", description: "JSON Schema of the column: its type, its values, its bounds." },
          },
        },
      },
    },
    outputs: {
      type: "object",
      minProperties: 1,
      description: "Output column to its values, the most important first, or to a JSON Schema.",
      additionalProperties: { type: ["array", "object"], "x-schema": true },
    },
    rules: ROWS,
    default: DEFAULT,
    versions: {
      type: "array",
      minItems: 1,
      description: "Several tables of the same columns, each with a name and the time it is in force.",
      items: {
        type: "object",
        additionalProperties: false,
        patternProperties: { "^x-": {} },
        required: ["version", "rules"],
        properties: {
          version: { type: "string", minLength: 1, description: "Kept with every decision." },
          validFrom: { type: "string", description: "Its first day (UTC), or a time.", examples: ["2026-07-01"] },
          validTo: { type: "string", description: "Its last day (UTC), or a time.", examples: ["2026-12-31"] },
          title: { type: "string", description: "For people." },
          description: { type: "string", description: "What changed." },
          rules: ROWS,
          default: DEFAULT,
        },
      },
    },
  },
};
