import { type AgentRequest, isObject, type Json } from "stagecraft/plugin";
import { nameStems, type Token, tokens } from "./words.js";

/** A value of structured input with the names that lead to it. */
export interface Field {
  readonly path: readonly string[];
  /** Stems of its own name, and of all the names above it. */
  readonly own: readonly string[];
  readonly above: readonly string[];
  readonly value: Json;
}

/** All that may be looked at for an answer: structured fields, and one text made of everything readable. */
export interface Source {
  readonly value: Json;
  readonly fields: readonly Field[];
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Passages of running text, longest first; empty where the input is only short fields. */
  readonly prose: readonly string[];
}

const MAX_TEXT = 100_000;
const MAX_FIELDS = 5_000;

export function sourceOf(value: Json): Source {
  const fields: Field[] = [];
  const lines: string[] = [];
  const prose: string[] = [];
  visit(value, [], fields, lines, prose);
  const text = lines.join("\n").slice(0, MAX_TEXT);
  prose.sort((a, b) => b.length - a.length);
  return { value, fields, text, tokens: tokens(text), prose };
}

/** What the request brings: the stage's input, else the prompt; and what tools answered. Never the instructions. */
export function gather(request: AgentRequest): Json {
  const results = request.messages.flatMap((message) => (message.role === "tool" ? [parsed(message.content)] : []));
  const first = request.messages.find((message) => message.role === "user")?.content ?? "";
  const given =
    request.input === null ? first : typeof request.input === "string" ? parsed(request.input) : request.input;
  return results.length === 0 ? given : { input: given, results };
}

function visit(value: Json, path: string[], fields: Field[], lines: string[], prose: string[]): void {
  if (fields.length >= MAX_FIELDS) return;
  if (path.length > 0) {
    const own = nameStems(path.at(-1) ?? "");
    fields.push({ path, own, above: path.slice(0, -1).flatMap(nameStems), value });
  }
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object")) {
      if (value.length > 0) lines.push(labelled(path, value.join(", ")));
    } else {
      for (const item of value) visit(item, path, fields, lines, prose);
    }
  } else if (isObject(value)) {
    for (const [name, one] of Object.entries(value)) visit(one, [...path, name], fields, lines, prose);
  } else if (typeof value === "string" && (value.includes("\n") || value.split(/\s+/).length > 6)) {
    lines.push(value);
    prose.push(value);
  } else if (value !== null && value !== "" && value !== false) {
    lines.push(labelled(path, value === true ? "yes" : String(value)));
  }
}

function labelled(path: readonly string[], value: string): string {
  const name = path.at(-1);
  return name === undefined ? value : `${name.replace(/([a-z\d])([A-Z])/g, "$1 $2").replace(/_/g, " ")}: ${value}`;
}

function parsed(text: string): Json {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
