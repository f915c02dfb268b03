import { parse } from "yaml";
import { isObject, type Json, type JsonObject } from "../core/json.js";
import type { Findings, Path } from "./findings.js";
import { entriesOf } from "./model.js";

/** Reads a file by its path relative to the definition's folder; undefined: there is none. */
export type ReadFile = (path: string) => string | undefined;

/** The document's agents and rule sets with `{ file }` replaced by what the files say. */
export function readParts(
  raw: JsonObject,
  readFile: ReadFile,
  findings: Findings,
): { agents: Record<string, JsonObject>; rulesets: Record<string, JsonObject> } {
  const inline = (section: string, key: string) =>
    Object.fromEntries(
      entriesOf(raw[section]).flatMap(([name, body]) =>
        isObject(body) ? [[name, withFile(body, key, [section, name], readFile, findings)]] : [],
      ),
    );
  return { agents: inline("agents", "instructions"), rulesets: inline("rulesets", "rules") };
}

/** `body` with `body[key]` read in where it is `{ file: path }`. JSON and YAML files give their value, others their text. */
export function withFile(
  body: JsonObject,
  key: string,
  path: Path,
  readFile: ReadFile,
  findings: Findings,
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
  try {
    return { ...body, [key]: /\.(json|ya?ml)$/i.test(file) ? (parse(text, { logLevel: "silent" }) as Json) : text };
  } catch (fault) {
    const reason = (fault as Error).message.split("\n")[0];
    findings.error("bad-file", place, `${file} cannot be read: ${reason}`);
    return body;
  }
}

function readText(file: string, readFile: ReadFile): string | undefined {
  try {
    return readFile(file);
  } catch {
    return undefined;
  }
}
