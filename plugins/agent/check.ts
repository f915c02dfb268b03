import {
  isObject,
  type Json,
  type JsonObject,
  type JsonSchema,
  nearest,
  type StageInfo,
  type StageIssue,
} from "stagecraft/plugin";
import { toolEntry } from "./tool-entry.js";
import { faultsOf, schemaFault } from "./validate.js";

/** Findings before the run: about the stage's `agent`, and about that agent itself, placed where it is written. */
export function check(info: StageInfo): readonly StageIssue[] {
  const name = info.with["agent"];
  if (typeof name !== "string") return [];
  if (name.includes("${{")) {
    return [fault(["with", "agent"], "agent-not-constant", "the agent's name must be plain text", "name one agent")];
  }
  const agent = Object.hasOwn(info.agents, name) ? info.agents[name] : undefined;
  if (agent === undefined) return [unknown("agent", name, Object.keys(info.agents), ["with", "agent"])];
  const at = (...path: (string | number)[]) => ["agents", name, ...path];
  return [...checkOutput(agent, at), ...checkTools(agent, info.tools, at), ...checkProvider(agent, info.providers, at)]
    .map((issue): StageIssue => ({ ...issue, atRoot: true }))
    .concat(checkAttachments(name, agent, info));
}

type At = (...path: (string | number)[]) => readonly (string | number)[];

function checkOutput(agent: JsonObject, at: At): StageIssue[] {
  const output = agent["output"];
  if (!isObject(output)) return [];
  // What makes it no schema at all is found where all schemas are read.
  if (schemaFault(output) !== undefined) return [];
  if (output["type"] !== "object") {
    const help = "write type: object, with the answer's fields under properties";
    return [fault(at("output"), "agent-output-schema", "an agent's output must be an object", help)];
  }
  return checkExamples(agent["examples"], output, at);
}

function checkExamples(examples: Json | undefined, output: JsonSchema, at: At): StageIssue[] {
  if (!Array.isArray(examples)) return [];
  return (examples as readonly Json[]).flatMap((example, index) => {
    if (!isObject(example) || example["output"] === undefined) return [];
    const [first] = faultsOf(output, example["output"]);
    if (first === undefined) return [];
    const message = `the example's output does not fit the agent's output schema: ${first}`;
    return [
      fault(at("examples", index, "output"), "agent-example", message, "a model follows its examples: mend this one"),
    ];
  });
}

function checkTools(agent: JsonObject, known: readonly string[] | undefined, at: At): StageIssue[] {
  const tools = agent["tools"];
  if (!Array.isArray(tools)) return [];
  return (tools as readonly Json[]).flatMap((tool, index) => {
    const path = at("tools", index);
    const entry = toolEntry(tool);
    if (entry.kind === "mcp" || known === undefined || known.includes(entry.name)) return [];
    return [unknown("tool", entry.name, known, isObject(tool) ? [...path, "tool"] : path)];
  });
}

function checkProvider(agent: JsonObject, known: readonly string[] | undefined, at: At): StageIssue[] {
  const provider = agent["provider"];
  if (typeof provider !== "string" || provider === "auto" || known === undefined || known.includes(provider)) return [];
  return [unknown("provider", provider, ["auto", ...known], at("provider"))];
}

/** The extractor that answers without a model looks at nothing: better said now than when the run is there. */
function checkAttachments(name: string, agent: JsonObject, { with: given }: StageInfo): StageIssue[] {
  const { attachments } = given;
  if (agent["provider"] !== "embedded" || !Array.isArray(attachments) || attachments.length === 0) return [];
  const message = `agent ${name} is answered by the embedded extractor, which takes no attachments`;
  const help = "leave its provider at auto and set OPENAI_API_KEY, or pass the text as the stage's `input`";
  return [fault(["with", "attachments"], "agent-attachments", message, help)];
}

function unknown(kind: string, name: string, known: readonly string[], path: StageIssue["path"]): StageIssue {
  const guess = nearest(name, known);
  const list =
    known.length > 0
      ? `there are: ${known.join(", ")}`
      : kind === "agent"
        ? "declare it under `agents`"
        : "there is none here";
  return fault(
    path,
    `unknown-${kind}`,
    `there is no ${kind} ${name}`,
    guess === undefined ? list : `did you mean ${guess}?`,
  );
}

function fault(path: StageIssue["path"], code: string, message: string, help: string): StageIssue {
  return { code, severity: "error", message, help, path };
}
