import type { Json } from "stagecraft/plugin";

const STRING = /"(?:[^"\\]|\\.)*"/g;
/** Numbers, `true`, `false`, `null`, `not(`, comparisons, ranges, lists, and ours for a text: `''`. */
const PLAIN = /^(?:\s|,|'|-?\d+(?:\.\d+)?|true|false|null|not\s*\(|<=|>=|<|>|!=|\.\.|[[\]()])*$/;
const DATED = /\b(?:date|date and time|duration)\s*\(\s*"([^"]*)"\s*\)/g;

/** One of our cells for a unary test of DMN; undefined: it says something a cell cannot. */
export function cellOf(feel: string): string | undefined {
  if (feel === "" || feel === "-") return "any";
  const dated = feel.replace(DATED, (_all, text: string) => text);
  const rest = feel.replace(DATED, "0").replace(STRING, "''");
  if (!PLAIN.test(rest)) return undefined;
  const quoted = dated.replace(STRING, (text) => quote(JSON.parse(text) as string));
  // `]a..b[` leaves its ends out, as `(a..b)` does.
  return quoted.replace(/\](?=[^[\]()]*\.\.)/g, "(").replace(/(\.\.[^[\]()]*)\[/g, "$1)");
}

/** A literal of DMN as JSON; undefined: it is computed. */
export function literalOf(feel: string): Json | undefined {
  const dated = /^(?:date|date and time|duration)\s*\(\s*"([^"]*)"\s*\)$/.exec(feel);
  if (dated !== null) return dated[1] as string;
  const number = feel.replace(/^(-?)\./, "$10.");
  if (!/^(?:"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)$/.test(number)) return undefined;
  return JSON.parse(number) as Json;
}

/** The literals of a list of allowed values; undefined: some are no literals, such as a range. */
export function valuesOf(feel: string | undefined): readonly Json[] | undefined {
  if (feel === undefined) return undefined;
  const parts = feel.match(/"(?:[^"\\]|\\.)*"|[^,\s][^,]*/g) ?? [];
  const values = parts.map((part) => literalOf(part.trim()));
  return values.some((value) => value === undefined) ? undefined : (values as Json[]);
}

/** The fact a column looks at; undefined: it is more than a name. */
export function factOf(feel: string): string | undefined {
  if (!/^[\p{L}_][\p{L}\p{N}_ ]*(?:\.[\p{L}_][\p{L}\p{N}_ ]*)*$/u.test(feel)) return undefined;
  const path = feel.split(".").map((part) => part.trim());
  const isPlain = path.every((part) => /^[A-Za-z_]\w*$/.test(part));
  return `\${{ facts${isPlain ? `.${path.join(".")}` : path.map((part) => `["${part}"]`).join("")} }}`;
}

function quote(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`;
}
