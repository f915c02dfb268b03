import type { JsonObject } from "../../core/json.js";
import type { Act } from "./acts.js";

export type ExportFormat = "jsonl" | "csv";

const COLUMNS = ["source", "run", "seq", "at", "who", "what", "stage", "definition", "detail"] as const;

/** The acts as text, a line each. */
export function exportText(acts: readonly Act[], format: ExportFormat): string {
  const documents = acts.map((act): JsonObject => ({ ...act, at: new Date(act.at).toISOString() }));
  if (format === "jsonl") return documents.map((document) => `${JSON.stringify(document)}\n`).join("");
  const lines = documents.map((document) => COLUMNS.map((name) => cell(document[name])).join(","));
  return [COLUMNS.join(","), ...lines].map((line) => `${line}\r\n`).join("");
}

/** Spreadsheets run what begins like a formula, so such text gets an apostrophe before it. */
function cell(value: JsonObject[string] | undefined): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const tame = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
