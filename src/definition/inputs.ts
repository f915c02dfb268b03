import type { Issue } from "../core/diagnostic.js";
import { isObject, type Json, type JsonObject, type JsonSchema } from "../core/json.js";
import type { WorkflowPlan } from "../core/plan.js";
import { nearest } from "../core/suggest.js";
import { pathText } from "./findings.js";
import { wordFaults } from "./schema-words.js";
import { validate } from "./validator.js";

/** A fault of one input; `path` starts with the input's name. */
export interface InputIssue extends Issue {
  readonly path: string;
}

/** The inputs a run may start with, defaults filled in, and everything that is wrong with them at once. */
export function checkInputs(
  workflow: Pick<WorkflowPlan, "inputs" | "optional">,
  values: JsonObject,
): { readonly values: JsonObject; readonly issues: readonly InputIssue[] } {
  const filled: Record<string, Json> = {};
  const issues: InputIssue[] = [];
  // A misspelt input is one fault: that the right one is missing follows from it.
  const meant = new Set<string | undefined>();
  for (const name of Object.keys(values)) {
    if (Object.hasOwn(workflow.inputs, name)) continue;
    meant.add(nearest(name, Object.keys(workflow.inputs)));
    issues.push(issue("unknown-input", name, `there is no input \`${name}\``, helpForName(name, workflow)));
  }
  for (const [name, schema] of Object.entries(workflow.inputs)) {
    if (!Object.hasOwn(values, name)) {
      const { default: fallback, description } = schema;
      if (fallback !== undefined) filled[name] = fallback;
      else if (!workflow.optional.includes(name) && !meant.has(name)) {
        const help = typeof description === "string" ? description : undefined;
        issues.push(issue("missing-input", name, `input \`${name}\` is missing`, help));
      }
      continue;
    }
    const value = values[name] as Json;
    filled[name] = value;
    for (const { path, message, help } of wordFaults(validate(schema, value))) {
      issues.push(
        issue("invalid-input", pathText([name, ...path]), `input \`${pathText([name, ...path])}\`: ${message}`, help),
      );
    }
  }
  return { values: filled, issues };
}

function helpForName(name: string, { inputs }: Pick<WorkflowPlan, "inputs">): string {
  const names = Object.keys(inputs);
  const close = nearest(name, names);
  if (close !== undefined) return `did you mean \`${close}\`?`;
  return names.length === 0 ? "this workflow takes no inputs" : `inputs: ${names.join(", ")}`;
}

function issue(code: string, path: string, message: string, help: string | undefined): InputIssue {
  return { code, severity: "error", message, path, ...(help !== undefined && { help }) };
}

/**
 * The value a person means by `-i name=text`, typed by the input's schema: a number where only a number fits, JSON
 * where a list or an object fits, else the text itself. What does not fit is left as text for `checkInputs` to refuse.
 */
export function coerceInput(schema: JsonSchema, text: string): Json {
  const types = typesOf(schema);
  const accepts = (type: string) => types.length === 0 || types.includes(type);
  if (types.includes("string") && !types.some((type) => type !== "string" && fits(type, text))) return text;
  if ((accepts("number") || accepts("integer")) && fits("number", text)) return Number(text);
  if (accepts("boolean") && fits("boolean", text)) return text === "true";
  if (accepts("null") && text === "null") return null;
  if ((accepts("object") || accepts("array")) && /^\s*[[{]/.test(text)) return parseJson(text);
  if (types.length === 1 && types[0] === "array" && isObject(schema)) return listOf(schema, text);
  return text;
}

function typesOf(schema: JsonSchema): readonly string[] {
  const { type, enum: allowed } = schema;
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type.map(String);
  if (Array.isArray(allowed)) return [...new Set(allowed.map((value) => (value === null ? "null" : typeof value)))];
  return [];
}

function fits(type: string, text: string): boolean {
  if (type === "number" || type === "integer") return /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text.trim());
  if (type === "boolean") return text === "true" || text === "false";
  return false;
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** `-i tags=a,b` for a list. */
function listOf(schema: JsonSchema, text: string): Json {
  const items = isObject(schema["items"]) ? schema["items"] : {};
  return text === "" ? [] : text.split(",").map((part) => coerceInput(items, part.trim()));
}

/** What is wrong with a value, in words, or undefined; every fault, joined. */
export function explainFaults(schema: JsonSchema, value: Json): string | undefined {
  const faults = validate(schema, value);
  if (faults.length === 0) return undefined;
  return wordFaults(faults)
    .map(({ path, message }) => (path.length === 0 ? message : `${pathText([...path])}: ${message}`))
    .join("; ");
}
