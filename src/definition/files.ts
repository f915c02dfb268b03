import { isObject, type JsonObject } from "../core/json.js";
import type { Findings, Path } from "./findings.js";
import { entriesOf } from "./model.js";
import { parseSource } from "./source.js";

/** Reads a file by its path relative to the definition's folder; undefined: there is none. */
export type ReadFile = (path: string) => string | undefined;

/** The document's agents and rule sets with `{ file }` replaced by what the files say. */
export function readParts(
  raw: JsonObject,
  readFile: ReadFile,
  findings: Findings,
): { agents: Record<string, JsonObject>; rulesets: Record<string, JsonObject> } {
  const inline = (section: string, read: (body: JsonObject, path: Path) => JsonObject) =>
    Object.fromEntries(
      entriesOf(raw[section]).flatMap(([name, body]) => (isObject(body) ? [[name, read(body, [section, name])]] : [])),
    );
  const rows = (body: JsonObject, path: Path) => withFile(body, "rules", path, readFile, findings, true);
  return {
    agents: inline("agents", (body, path) => withFile(body, "instructions", path, readFile, findings)),
    // A table's findings name the file its rows came from, so the name is kept beside the text.
    rulesets: inline("rulesets", (body, path) => {
      const { versions } = body;
      if (!Array.isArray(versions)) return rows(body, path);
      const read = versions.map((one, at) => (isObject(one) ? rows(one, [...path, "versions", at]) : one));
      return { ...body, versions: read };
    }),
  };
}

/**
 * `body` with `body[key]` read in where it is `{ file: path }`: JSON and YAML files give their value, others their
 * text; with `keepName`, `{ file, text }`.
 */
export function withFile(
  body: JsonObject,
  key: string,
  path: Path,
  readFile: ReadFile,
  findings: Findings,
  keepName = false,
): JsonObject {
  const reference = body[key];
  if (!isObject(reference) || typeof reference["file"] !== "string" || Object.keys(reference).length !== 1) return body;
  const file = reference["file"];
  const place = { path: [...path, key, "file"] };
  const text = readText(file, readFile);
  if (text === undefined) {
    findings.error("file-not-found", place, `there is no file ${file}`, "paths start at the definition's own folder");
    return body;
  }
  if (keepName) return { ...body, [key]: { file, text } };
  if (!/\.(json|ya?ml)$/i.test(file)) return { ...body, [key]: text };
  const { value, diagnostics } = parseSource({ file, text });
  const fault = diagnostics[0];
  if (value !== undefined && fault === undefined) return { ...body, [key]: value };
  const where = fault === undefined ? file : `${file}:${fault.range.start.line}:${fault.range.start.column}`;
  findings.error("bad-file", place, `${where} ${fault?.message ?? "says nothing"}`);
  return body;
}

function readText(file: string, readFile: ReadFile): string | undefined {
  try {
    return readFile(file);
  } catch {
    return undefined;
  }
}
