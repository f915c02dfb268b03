import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import {
  definePlugin,
  defineStage,
  isObject,
  type Json,
  type JsonObject,
  type JsonSchema,
  type StageInfo,
  type StageIssue,
} from "stagecraft/plugin";

/** How one criterion came out. `score` is from 0 to 1. A type, to count as JSON. */
type Verdict = { readonly score: number; readonly passed: boolean; readonly why?: string };

const criterion: JsonSchema = {
  type: "object",
  additionalProperties: false,
  properties: {
    holds: { type: "boolean", description: "A condition." },
    schema: { type: "object", "x-schema": true, description: "JSON Schema that `value` must fit." },
    score: { type: "number", minimum: 0, maximum: 1, description: "From 0 to 1, as a judge agent gave it." },
    atLeast: { type: "number", minimum: 0, maximum: 1, description: "With `score`: less is a miss." },
    weight: { type: "number", exclusiveMinimum: 0, default: 1, description: "Its part of the whole score." },
    must: { type: "boolean", default: false, description: "Without it nothing passes, whatever the score." },
  },
};

const evaluate = defineStage({
  name: "evaluate",
  kind: "pure",
  title: "Quality gate",
  description:
    "Holds a value against criteria: conditions, a JSON Schema, the score of a judge agent. What follows names the outcome passed.",
  examples: [
    'uses: evaluate\nwith:\n  value: "${{ stages.draft.outputs }}"\n  criteria:\n    short: { holds: "${{ size(stages.draft.outputs.text) < 500 }}" }\n    good: { score: "${{ stages.judge.outputs.score }}", atLeast: 0.7, must: true }',
  ],
  input: {
    type: "object",
    additionalProperties: false,
    required: ["criteria"],
    properties: {
      value: { description: "What is judged by the criteria that have a schema." },
      criteria: {
        type: "object",
        minProperties: 1,
        additionalProperties: criterion,
        description: "Name to criterion: `holds`, `schema`, or `score` with `atLeast`.",
      },
      passAt: { type: "number", minimum: 0, maximum: 1, default: 1, description: "The weighted score that passes." },
    },
  },
  output: {
    type: "object",
    additionalProperties: false,
    required: ["score", "missed", "criteria"],
    properties: {
      score: { type: "number", description: "Weighted, from 0 to 1." },
      missed: { type: "array", items: { type: "string" }, description: "Criteria that were not met." },
      criteria: { type: "object", additionalProperties: { type: "object" } },
    },
  },
  outcomes: ["passed", "missed"],
  check,
  run({ value = null, criteria, passAt }) {
    const entries = Object.entries(criteria as Record<string, JsonObject>);
    const verdicts = entries.map(([name, given]) => [name, given, judge(given, value)] as const);
    const whole = sum(entries.map(([, given]) => weightOf(given)));
    // A part that counts nothing cannot lift what misses: a met criterion counts fully, another as far as its score.
    const score = sum(verdicts.map(([, given, verdict]) => weightOf(given) * verdict.score)) / whole;
    const missed = verdicts.filter(([, , { passed }]) => !passed);
    const isBarred = missed.some(([, given]) => given["must"] === true);
    const isEnough = missed.length === 0 || score + 1e-9 >= Number(passAt ?? 1);
    return {
      outcome: isEnough && !isBarred ? "passed" : "missed",
      outputs: {
        score,
        missed: missed.map(([name]) => name),
        criteria: Object.fromEntries(verdicts.map(([name, , verdict]) => [name, verdict])),
      },
    };
  },
});

function judge(criterion: JsonObject, value: Json): Verdict {
  const { holds, schema, score, atLeast } = criterion;
  if (isObject(schema)) return fits(schema, value);
  if (typeof score === "number") {
    const passed = score >= Number(atLeast);
    return { score: passed ? 1 : score, passed, ...(passed ? {} : { why: `${score} is less than ${atLeast}` }) };
  }
  return holds === true ? { score: 1, passed: true } : { score: 0, passed: false, why: "the condition does not hold" };
}

function fits(schema: JsonSchema, value: Json): Verdict {
  const ajv = compiler();
  if (ajv.validate(schema, value)) return { score: 1, passed: true };
  return { score: 0, passed: false, why: ajv.errorsText(ajv.errors, { dataVar: "value" }) };
}

function compiler(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  return ajv;
}

function weightOf({ weight: given }: JsonObject): number {
  return typeof given === "number" ? given : 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function check({ with: { criteria } }: StageInfo): readonly StageIssue[] {
  return isObject(criteria) ? Object.entries(criteria).flatMap(([name, one]) => checkOne(name, one)) : [];
}

function checkOne(name: string, given: Json): readonly StageIssue[] {
  if (!isObject(given)) return [];
  const path = ["with", "criteria", name];
  const kinds = ["holds", "schema", "score"].filter((kind) => Object.hasOwn(given, kind));
  if (kinds.length !== 1 || Object.hasOwn(given, "score") !== Object.hasOwn(given, "atLeast")) {
    const message = "a criterion is a condition, a schema, or a score with what it must be at least";
    const help = "holds: a condition; schema: a JSON Schema; or score with atLeast";
    return [{ code: "evaluate-criterion", severity: "error", message, help, path }];
  }
  return [];
}

export default definePlugin({
  name: "evaluate",
  version: "1.0.0",
  apiVersion: 1,
  stages: [evaluate],
  codes: [
    {
      code: "evaluate-criterion",
      means: "A criterion of a quality gate is not exactly one of: a condition, a schema, a score with `atLeast`.",
      mend: "Write holds, schema, or score and atLeast.",
    },
  ],
});
