import { definePlugin, isObject, type JsonObject, type JsonSchema, type StageType } from "../../src/plugin/api.js";
import { Registry } from "../../src/plugin/registry.js";

/** Stage types in the shape of those that ship, for tests that read definitions and run nothing. */

const text: JsonSchema = { type: "string" };
const object = (properties: JsonObject, required: string[] = []): JsonSchema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const words = { title: "test", description: "for tests" };
const neverRun = () => {
  throw new Error("not run in these tests");
};

const agent: StageType = {
  ...words,
  name: "agent",
  kind: "effect",
  input: object({ agent: text, input: {}, prompt: text }, ["agent"]),
  output: ({ with: input, agents }) => {
    const output = agents[String(input["agent"])]?.["output"];
    return isObject(output) ? output : object({ text }, ["text"]);
  },
  run: neverRun,
};

const rules: StageType = {
  ...words,
  name: "rules",
  kind: "pure",
  input: object({ ruleset: text, facts: {} }, ["ruleset", "facts"]),
  output: ({ with: input, rulesets }) => {
    const columns = rulesets[String(input["ruleset"])]?.["outputs"];
    const properties: Record<string, JsonSchema> = { matched: { type: "array", items: { type: "integer" } } };
    for (const [name, column] of Object.entries(isObject(columns) ? columns : {})) {
      properties[name] = Array.isArray(column) ? { type: "string", enum: column } : isObject(column) ? column : {};
    }
    return object(properties, Object.keys(properties));
  },
  check: ({ with: input, rulesets }) => {
    if (typeof input["ruleset"] !== "string" || !Object.hasOwn(rulesets, input["ruleset"])) return [];
    const hit = rulesets[input["ruleset"]]?.["hit"];
    if (hit === undefined || ["unique", "first", "collect"].includes(String(hit))) return [];
    const path = ["rulesets", input["ruleset"], "hit"];
    return [{ code: "invalid-value", severity: "error", message: `\`${String(hit)}\` is no hit policy`, path }];
  },
  run: neverRun,
};

const decision = object(
  {
    outcome: text,
    by: text,
    comment: text,
    data: { type: "object" },
    decisions: { type: "array", items: object({ by: text, outcome: text }) },
  },
  ["outcome", "decisions"],
);

const approval: StageType = {
  ...words,
  name: "approval",
  kind: "wait",
  input: object(
    {
      title: text,
      message: text,
      show: {},
      approvers: { type: "array", items: text, minItems: 1 },
      forbid: { type: "array", items: text },
      quorum: object({ approve: { type: "integer", minimum: 1 }, reject: { type: "integer", minimum: 1 } }),
      outcomes: { type: "array", items: text },
      form: { type: "object" },
      expires: { type: "string" },
    },
    ["approvers"],
  ),
  output: decision,
  outcomes: ({ with: input }) => {
    const more = Array.isArray(input["outcomes"]) ? input["outcomes"].map(String) : [];
    return ["approved", "rejected", "expired", ...more];
  },
  open: neverRun,
};

const switchStage: StageType = {
  ...words,
  name: "switch",
  kind: "pure",
  input: object({ value: {}, cases: { type: "object", minProperties: 1 } }, ["cases"]),
  output: object({ case: text }, ["case"]),
  outcomes: ({ with: input }) => [...(isObject(input["cases"]) ? Object.keys(input["cases"]) : []), "otherwise"],
  run: neverRun,
};

const transform: StageType = {
  ...words,
  name: "transform",
  kind: "pure",
  input: object({ values: { type: "object" } }, ["values"]),
  output: {},
  run: neverRun,
};

const validate: StageType = {
  ...words,
  name: "validate",
  kind: "pure",
  input: object({ data: {}, schema: { type: "object" } }, ["data", "schema"]),
  output: object({ valid: { type: "boolean" }, items: { type: "array" } }, ["valid", "items"]),
  run: neverRun,
};

const http: StageType = {
  ...words,
  name: "http",
  kind: "effect",
  input: object(
    {
      url: { type: "string" },
      method: { type: "string", enum: ["GET", "POST", "PUT", "DELETE"] },
      headers: { type: "object", additionalProperties: text },
      json: {},
      maxBytes: { type: "integer", minimum: 1 },
    },
    ["url"],
  ),
  output: object({ status: { type: "integer" }, headers: { type: "object" }, body: {} }, ["status", "headers", "body"]),
  run: neverRun,
};

const read: StageType = {
  ...words,
  name: "data.read",
  kind: "effect",
  safeToRepeat: true,
  input: object({ file: text, limit: { type: "integer" } }, ["file"]),
  output: object({ rows: { type: "array", items: { type: "object" } }, count: { type: "integer" } }, ["rows", "count"]),
  run: neverRun,
};

const wait: StageType = {
  ...words,
  name: "wait",
  kind: "wait",
  input: object({ duration: text, until: text, event: { type: "object" } }),
  output: {},
  outcomes: ({ with: input }) => (Object.keys(input).length > 1 ? Object.keys(input) : ["succeeded"]),
  open: neverRun,
};

const notify: StageType = {
  ...words,
  name: "notify",
  kind: "effect",
  input: object({ via: { type: "string", enum: ["console", "webhook"] }, message: text, data: {} }, ["via", "message"]),
  output: object({ sent: { type: "boolean" } }, ["sent"]),
  run: neverRun,
};

const structural: StageType[] = [
  { ...words, name: "group", kind: "group", input: object({}), output: {} },
  {
    ...words,
    name: "workflow",
    kind: "workflow",
    input: object({ workflow: text, inputs: { type: "object" } }, ["workflow"]),
    output: {},
  },
  {
    ...words,
    name: "end",
    kind: "end",
    input: object(
      { status: { enum: ["succeeded", "failed", "cancelled"] }, message: text, outputs: { type: "object" } },
      ["status"],
    ),
    output: {},
  },
  {
    ...words,
    name: "broken",
    kind: "pure",
    input: object({}),
    output: {},
    check: () => {
      throw new Error("it fell over");
    },
    run: neverRun,
  },
];

/** A registry of these types. */
export function testRegistry(): Registry {
  const stages = [agent, rules, approval, switchStage, transform, validate, http, read, wait, notify, ...structural];
  return new Registry([definePlugin({ name: "test", version: "1.0.0", apiVersion: 1, stages })]);
}
