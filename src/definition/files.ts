import { isObject, type JsonObject } from "../core/json.js";
import type { Findings, Locate, Path } from "./findings.js";
import { positions } from "./locate.js";
import { entriesOf } from "./model.js";
import { parseSource } from "./source.js";

/** Reads in what a definition leaves to other files, and says of their faults where those are. */
export interface Files {
  /** The text by a path relative to the definition's folder; undefined: there is none. */
  read(path: string): string | undefined;
  readonly findings: Findings;
  /** The definition itself: files are named as they lie from it. */
  readonly file: string;
  /** Text by file, as findings name it: what was read is added. */
  readonly texts: Map<string, string>;
}

/** The document's agents and rule sets with `{ file }` replaced by what the files say. */
export function readParts(
  raw: JsonObject,
  files: Files,
): { agents: Record<string, JsonObject>; rulesets: Record<string, JsonObject> } {
  const inline = (section: string, read: (body: JsonObject, path: Path) => JsonObject) =>
    Object.fromEntries(
      entriesOf(raw[section]).flatMap(([name, body]) => (isObject(body) ? [[name, read(body, [section, name])]] : [])),
    );
  const rows = (body: JsonObject, path: Path) => withFile(body, "rules", path, files, true);
  return {
    agents: inline("agents", (body, path) => withFile(body, "instructions", path, files)),
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
export function withFile(body: JsonObject, key: string, path: Path, files: Files, keepName = false): JsonObject {
  const reference = body[key];
  if (!isObject(reference) || typeof reference["file"] !== "string" || Object.keys(reference).length !== 1) return body;
  const name = reference["file"];
  const place = { path: [...path, key, "file"] };
  const text = readText(name, files);
  if (text === undefined) {
    const help = "paths start at the definition's own folder";
    files.findings.error("file-not-found", place, `there is no file ${name}`, help);
    return body;
  }
  if (keepName) return { ...body, [key]: { file: name, text } };
  const file = beside(files.file, name);
  files.texts.set(file, text);
  if (!/\.(json|ya?ml)$/i.test(name)) {
    files.findings.standsIn([...path, key], { file, locate: locateIn(text) });
    return { ...body, [key]: text };
  }
  const { value, locate, diagnostics } = parseSource({ file, text });
  const fault = diagnostics[0];
  if (value !== undefined && fault === undefined) {
    files.findings.standsIn([...path, key], { file, locate });
    return { ...body, [key]: value };
  }
  const where = fault === undefined ? name : `${name}:${fault.range.start.line}:${fault.range.start.column}`;
  files.findings.error("bad-file", place, `${where} ${fault?.message ?? "says nothing"}`);
  return body;
}

function readText(name: string, { read }: Files): string | undefined {
  try {
    return read(name);
  } catch {
    return undefined;
  }
}

/** Places of a file that is one text; all of it is marked by its first line. */
function locateIn(text: string): Locate {
  const at = positions(text);
  return ({ extent }) => {
    const end = text.indexOf("\n");
    const { start, end: until } = extent ?? { start: 0, end: end < 0 ? text.length : end };
    return { start: at(start), end: at(until) };
  };
}

/** `definitions/a.yaml` and `../prompts/b.md` make `prompts/b.md`. */
function beside(file: string, relative: string): string {
  const steps = file.split(/[\\/]/).slice(0, -1);
  for (const step of relative.split(/[\\/]/)) {
    if (step === ".." && steps.length > 0 && steps.at(-1) !== "..") steps.pop();
    else if (step !== ".") steps.push(step);
  }
  return steps.join("/");
}
