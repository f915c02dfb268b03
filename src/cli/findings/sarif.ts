import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic, Range } from "../../core/diagnostic.js";
import type { Json, JsonObject } from "../../core/json.js";

/** What a code means, in words. */
interface Meaning {
  readonly means: string;
  readonly mend: string;
}

/** A SARIF 2.1.0 log of one run: every code that was found is a rule, every finding a result. */
export function sarifLog(
  diagnostics: readonly Diagnostic[],
  version: string,
  meaningOf: (code: string) => Meaning | undefined,
): JsonObject {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "stagecraft",
            semanticVersion: version,
            rules: codes.map((code) => rule(code, meaningOf(code))),
          },
        },
        columnKind: "utf16CodeUnits",
        results: diagnostics.map((found) => result(found, codes.indexOf(found.code))),
      },
    ],
  };
}

function rule(id: string, meaning: Meaning | undefined): Json {
  if (meaning === undefined) return { id };
  return {
    id,
    shortDescription: { text: meaning.means },
    help: { text: meaning.mend },
  };
}

function result({ code, severity, message, help, file, range }: Diagnostic, ruleIndex: number): Json {
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: help === undefined ? message : `${message}\n${help}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: regionOf(range) } }],
  };
}

/** SARIF counts from 1 and its end is, like ours, the first place after the text. */
function regionOf({ start, end }: Range): Json {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** Relative paths stay relative, so that the log fits any checkout. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
}
