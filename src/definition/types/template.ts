import {
  listOf,
  objectOf,
  optionsOf,
  type Reference,
  STRING,
  type Type,
  typeName,
  typeOfSchema,
  typeOfValue,
  unionOf,
} from "../../core/expression/index.js";
import { type Embedded, findExpressions } from "../../core/expression/template.js";
import { isObject, type Json, type JsonSchema } from "../../core/json.js";
import { below } from "../below.js";
import type { Findings, Locate, Path } from "../findings.js";
import type { Checker } from "./checker.js";
import { fits } from "./fit.js";
import type { Names } from "./names.js";

/** What the check of one value needs beside the value. */
export interface TemplateContext {
  readonly names: Names;
  readonly checker: Checker;
  readonly findings: Findings;
  readonly locate: Locate;
  readonly text: string;
  /** An expression as it is read: of the same length. */
  readonly readable: (source: string) => string;
  /** Hears of every name an expression reads; `offset` is where the expression's text begins in its value. */
  readonly onReference: (reference: Reference, path: Path, offset: number) => void;
}

/** Checks every expression in a value as written, and says what type the value will have. */
export function checkTemplate(value: Json, path: Path, wanted: JsonSchema | undefined, context: TemplateContext): Type {
  if (typeof value === "string") return checkText(value, path, wanted, context);
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const types = list.map((item, index) => checkTemplate(item, [...path, index], below(wanted, index), context));
    return listOf(unionOf(types));
  }
  if (!isObject(value)) return typeOfValue(value);
  const fields: Record<string, Type> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    fields[key] = checkTemplate(item, [...path, key], below(wanted, key), context);
  }
  return objectOf(fields);
}

function checkText(text: string, path: Path, wanted: JsonSchema | undefined, context: TemplateContext): Type {
  if (text.includes("{")) checkLookalikes(text, path, context);
  if (!text.includes("${{")) return typeOfValue(text);
  const { found, issues } = findExpressions(text);
  const { findings } = context;
  for (const { code, severity, message, help, start, end } of issues) {
    const place = { path, extent: { start, end } };
    findings[severity](code, place, message, lostToComment(path, context) ?? help);
  }
  if (issues.length > 0) return { kind: "dynamic" };
  if (found.length === 0) return typeOfValue(text);
  const [first] = found as readonly [Embedded];
  if (!first.whole) {
    for (const expression of found) checkEmbedded(expression, checkSource(expression, path, context), path, context);
    compare(STRING, wanted, { path }, context);
    return STRING;
  }
  const type = checkSource(first, path, context);
  compare(type, wanted, { path, extent: { start: first.start - 3, end: first.end + 2 } }, context);
  return type;
}

/** `{{ inputs.a }}` and `${inputs.a}`, which would be sent as they stand. */
const LOOKALIKE = /(?<![${])\{\{\s*(\w+)\.[^{}]*\}\}|\$\{\s*(\w+)\.[^{}]*\}/g;

function checkLookalikes(text: string, path: Path, { names, findings }: TemplateContext): void {
  for (const { 0: found, 1: braced, 2: dollared, index } of text.matchAll(LOOKALIKE)) {
    const name = braced ?? dollared;
    if (name === undefined || names.get(name) === undefined) continue;
    const help = `write \${{ ${found.replace(/^\$?\{+|\}+$/g, "").trim()} }}`;
    const place = { path, extent: { start: index, end: index + found.length } };
    findings.warning("not-an-expression", place, `\`${found}\` is plain text here`, help);
  }
}

/** The type of one expression; its issues go where its text stands in the file. */
function checkSource({ source, start: offset }: Embedded, path: Path, context: TemplateContext): Type {
  const { type, issues, references } = context.checker(context.readable(source), context.names, source);
  for (const { code, severity, message, help, start, end } of issues) {
    context.findings[severity](code, { path, extent: { start: offset + start, end: offset + end } }, message, help);
  }
  for (const reference of references) context.onReference(reference, path, offset);
  return type;
}

/** Inside longer text only what has one plain spelling may stand. */
function checkEmbedded({ source, start, end }: Embedded, type: Type, path: Path, { findings }: TemplateContext): void {
  const shown = optionsOf(type).every(({ kind }) => kind === "list" || kind === "object" || kind === "null");
  if (!shown) return;
  const help = `take a field of it, or write json(${source.trim()})`;
  findings.error("wrong-type", { path, extent: { start, end } }, `${typeName(type)} cannot stand inside text`, help);
}

function compare(
  type: Type,
  wanted: JsonSchema | undefined,
  place: Parameters<Locate>[0],
  { findings }: TemplateContext,
): void {
  if (wanted === undefined) return;
  const expected = typeOfSchemaOnce(wanted);
  if (fits(type, expected)) return;
  const list = optionsOf(expected).find((option) => option.kind === "list");
  const one = list?.kind === "list" && fits(type, list.item) ? 'a list, even of one: ["${{ … }}"]' : undefined;
  const text = optionsOf(expected).some((option) => option.kind === "string" && option.values === undefined);
  const help = text && optionsOf(type).every(({ kind }) => TEXTUAL.has(kind)) ? "write string(…) around it" : one;
  findings.error("wrong-type", place, `this gives ${shown(type)} where ${shown(expected)} is expected`, help);
}

const TEXTUAL = new Set(["number", "boolean"]);

function shown(type: Type): string {
  const values = optionsOf(type).flatMap((option) => ("values" in option ? (option.values ?? []) : []));
  if (values.length === 0 || values.length > 6) return typeName(type);
  return `${typeName(type)} (${values.map((value) => JSON.stringify(value)).join(", ")})`;
}

const schemaTypes = new WeakMap<object, Type>();

function typeOfSchemaOnce(schema: JsonSchema): Type {
  const type = schemaTypes.get(schema) ?? typeOfSchema(schema);
  schemaTypes.set(schema, type);
  return type;
}

/** ` #` in a plain scalar starts a comment and takes the rest of the expression with it. */
function lostToComment(path: Path, { locate, text }: TemplateContext): string | undefined {
  const { start, end } = locate({ path });
  // Of a text from a file of its own, there is nothing here but the file's name.
  const isHere = text.slice(start.offset, end.offset).includes("${{");
  return isHere && /^[ \t]+#/.test(text.slice(end.offset, end.offset + 80))
    ? "` #` starts a YAML comment: put the value in quotes"
    : undefined;
}
