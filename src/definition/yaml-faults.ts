import type { YAMLError } from "yaml";

/** A fault of the YAML itself, at offsets of the file. */
export interface YamlFault {
  readonly code: string;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly help?: string;
  /** What could stand between `start` and `end` instead, as long as that, so that the rest of the file can be read. */
  readonly instead?: string;
}

const QUOTE_HELP = 'put the whole value in quotes: "${{ … }}"';
const MAX_FAULTS = 20;

const CODES: Readonly<Record<string, { code: string; message?: string; help?: string }>> = {
  TAB_AS_INDENT: { code: "yaml-tabs", help: "indent with spaces" },
  MULTIPLE_DOCS: {
    code: "yaml-documents",
    message: "a second document begins here",
    help: "one definition a file: move the other to a file of its own",
  },
  RESOURCE_EXHAUSTION: { code: "too-deep", message: "nested too deep to read" },
  BAD_ALIAS: { code: "yaml-alias" },
};

/** The parser's errors and warnings in our words; one for each line that caused it, without what follows from it. */
export function yamlFaults(text: string, raised: readonly YAMLError[]): readonly YamlFault[] {
  const faults: YamlFault[] = [];
  const seen = new Set<string>();
  let lastLine = -1;
  for (const error of [...raised].sort((a, b) => a.pos[0] - b.pos[0])) {
    const fault = translate(text, error);
    const line = lineStart(text, fault.start);
    if (line === lastLine || (fault.code === "yaml-tabs" && seen.has(fault.code))) continue;
    lastLine = line;
    seen.add(fault.code);
    faults.push(fault);
    // After a broken bracket the rest of the file is read as its inside: nothing more can be trusted.
    if (fault.code === "yaml-quote" || error.code === "UNEXPECTED_TOKEN" || faults.length >= MAX_FAULTS) break;
  }
  return faults;
}

function translate(text: string, error: YAMLError): YamlFault {
  const [start, end] = error.pos;
  const lineFrom = lineStart(text, start);
  const line = text.slice(lineFrom, lineEnd(text, start));
  if (error.code === "TAG_RESOLVE_FAILED") return tagFault(text, start, end);
  const known = CODES[error.code];
  if (known !== undefined) {
    const message = known.message ?? sentence(error.message);
    return { code: known.code, start, end, message, ...(known.help !== undefined && { help: known.help }) };
  }
  // The one the parser stumbled over begins at or just before its place.
  const near = line.lastIndexOf("${{", start - lineFrom);
  const expression = near === -1 ? line.indexOf("${{") : near;
  const syntactic = !["BAD_DQ_ESCAPE", "BAD_DIRECTIVE"].includes(error.code);
  if (expression !== -1 && syntactic) {
    const from = lineFrom + expression;
    const close = line.indexOf("}}", expression);
    const flow = /[[{,]\s*(?:[\w-]+\s*:\s*)?$/.test(line.slice(0, expression));
    const message = flow
      ? "an expression inside { } or [ ] must be quoted: YAML takes its braces for its own"
      : "this expression must be quoted: YAML takes part of it for its own";
    const end = close === -1 ? from + 3 : lineFrom + close + 2;
    const instead = quoted(text.slice(from, end));
    return { code: "yaml-quote", start: from, end, message, help: QUOTE_HELP, ...(instead && { instead }) };
  }
  const help = plainHelp(line);
  return { code: "yaml-syntax", start, end, message: sentence(error.message), ...(help !== undefined && { help }) };
}

/** The expression in quotes, in place of the blanks within its braces; undefined where that does not fit. */
function quoted(expression: string): string | undefined {
  const inner = /^\$\{\{ (.*) \}\}$/.exec(expression)?.[1];
  const quote = ['"', "'"].find((sign) => !expression.includes(sign));
  if (inner === undefined || quote === undefined || inner.includes("\\")) return undefined;
  return `${quote}\${{${inner}}}${quote}`;
}

function tagFault(text: string, start: number, end: number): YamlFault {
  const tag = text.slice(start, end);
  if (/^!!/.test(tag)) {
    return { code: "yaml-tag", start, end, message: `the tag ${tag} is not part of this language`, help: "remove it" };
  }
  const help = `\`!\` starts a YAML tag and the value is lost: quote it, "\${{ ${tag} }}"`;
  return { code: "yaml-quote", start, end, message: `${tag} is read as a YAML tag, not as text`, help };
}

function plainHelp(line: string): string | undefined {
  if (/^\s*(?:- )?[\w-]+:\s+(?:[@`%]|[<>]=?\s|["'\]].*["')\]])/.test(line)) return "put the whole value in quotes";
  if (/^\s*(?:- )?[\w-]+:\s+[^"'#{[].*: /.test(line)) return "a value with `: ` in it must be quoted";
  return undefined;
}

function sentence(message: string): string {
  const first = (message.split("\n")[0] as string).trim();
  return first.charAt(0).toLowerCase() + first.slice(1);
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end;
}
