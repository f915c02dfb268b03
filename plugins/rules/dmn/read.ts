import type { Json, JsonObject } from "stagecraft/plugin";
import { readTable } from "../table.js";
import { cellOf, factOf, literalOf, valuesOf } from "./feel.js";
import { childIn, listIn, readXml, textIn, type Xml } from "./xml.js";

/** The decision tables of a DMN file as rulesets, and what of it they do not say. */
export interface Imported {
  readonly rulesets: Readonly<Record<string, JsonObject>>;
  /** One line each: decisions that are no tables, rows that were left out, columns that are computed. */
  readonly lost: readonly string[];
}

const HIT: Readonly<Record<string, string>> = { "RULE ORDER": "ruleOrder", "OUTPUT ORDER": "outputOrder" };

/** DMN 1.1 and later. @throws StageError `dmn-invalid` */
export function readDmn(text: string): Imported {
  const definitions = readXml(text);
  const lost: string[] = [];
  const rulesets: Record<string, JsonObject> = Object.create(null);
  for (const decision of listIn(definitions, "decision")) {
    const name = textIn(decision, "name") ?? "decision";
    const say = (what: string) => void lost.push(`decision ${name}: ${what}`);
    const table = childIn(decision, "decisionTable");
    if (table === undefined) {
      say("it is no decision table");
      continue;
    }
    if (JSON.stringify(decision).includes('"requiredDecision"')) {
      say("it builds on other decisions: give it their outcome as facts, with a stage for each");
    }
    const ruleset = rulesetOf(name, table, listIn(definitions, "itemDefinition"), say);
    if (ruleset === undefined) continue;
    for (const { message } of readTable(ruleset).findings) say(message);
    rulesets[freeName(name, rulesets)] = ruleset;
  }
  return { rulesets, lost };
}

type Say = (what: string) => void;

function rulesetOf(name: string, table: Xml, types: readonly Xml[], say: Say): JsonObject | undefined {
  const inputs = listIn(table, "input").map((column) => inputOf(column, types));
  const computed = inputs.filter(({ value }) => value === undefined);
  for (const { name: column } of computed) say(`the column ${column} is computed: no table was made`);
  if (computed.length > 0) return undefined;
  const outputs = listIn(table, "output").map((column) => outputOf(column, name, types));
  const hit = textIn(table, "hitPolicy") ?? "UNIQUE";
  const aggregation = textIn(table, "aggregation");
  const names = columnNames(
    inputs.map(({ name: column }) => column),
    outputs.map(({ name: column }) => column),
  );
  const rules = listIn(table, "rule").flatMap((rule, at) => {
    const row = rowOf(
      rule,
      names,
      outputs.map(({ name: column }) => column),
      (what) => say(`row ${at + 1} is left out: ${what}`),
    );
    return row === undefined ? [] : [row];
  });
  const fallback = defaultOf(listIn(table, "output"), outputs);
  return {
    title: name,
    hit: HIT[hit] ?? hit.toLowerCase(),
    ...(aggregation === undefined ? {} : { aggregate: aggregation.toLowerCase() }),
    inputs: Object.fromEntries(inputs.map(({ value, schema }, at) => [names[at], { value: value as string, schema }])),
    outputs: Object.fromEntries(outputs.map(({ name: column, schema }) => [column, schema])),
    rules,
    ...(fallback === undefined ? {} : { default: fallback }),
  };
}

function inputOf(column: Xml, types: readonly Xml[]) {
  const expression = childIn(column, "inputExpression");
  const text = textIn(expression, "text") ?? textIn(column, "label") ?? "";
  const type = typeOf(textIn(expression, "typeRef"), types);
  const listed = valuesOf(textIn(childIn(column, "inputValues"), "text"));
  const schema: JsonObject = listed === undefined ? type : { enum: listed };
  return { name: text, value: factOf(text), schema };
}

function outputOf(column: Xml, decision: string, types: readonly Xml[]): { name: string; schema: Json } {
  const listed = valuesOf(textIn(childIn(column, "outputValues"), "text"));
  const type = typeOf(textIn(column, "typeRef"), types);
  return { name: textIn(column, "name") ?? decision, schema: listed ?? ("enum" in type ? (type.enum as Json) : type) };
}

const TYPES: Readonly<Record<string, JsonObject>> = {
  string: { type: "string" },
  number: { type: "number" },
  integer: { type: "integer" },
  long: { type: "integer" },
  double: { type: "number" },
  boolean: { type: "boolean" },
  date: { type: "string", format: "date" },
  dateTime: { type: "string", format: "date-time" },
};

/** Of a type of DMN, or of the file's own; one that is unknown may be anything. */
function typeOf(name: string | undefined, types: readonly Xml[], depth = 0): JsonObject {
  const plain = name?.replace(/^\w+:/, "") ?? "";
  if (Object.hasOwn(TYPES, plain)) return TYPES[plain] as JsonObject;
  const own = types.find((type) => textIn(type, "name") === name);
  if (own === undefined || depth > 10) return {};
  const listed = valuesOf(textIn(childIn(own, "allowedValues"), "text"));
  return listed === undefined ? typeOf(textIn(own, "typeRef"), types, depth + 1) : { enum: listed };
}

/** Names of the input columns, none of which means something else in a row. */
function columnNames(inputs: readonly string[], outputs: readonly string[]): readonly string[] {
  const taken = new Set([...outputs, "when", "note"]);
  return inputs.map((name) => {
    let free = name;
    while (taken.has(free)) free = `${free} in`;
    taken.add(free);
    return free;
  });
}

function rowOf(rule: Xml, inputs: readonly string[], outputs: readonly string[], say: Say): JsonObject | undefined {
  const row: Record<string, Json> = {};
  for (const [at, entry] of listIn(rule, "inputEntry").entries()) {
    const text = textIn(entry, "text") ?? "";
    const cell = cellOf(text);
    if (cell === undefined) return void say(`${inputs[at]} says ${text}`);
    if (cell !== "any") row[inputs[at] as string] = cell;
  }
  for (const [at, entry] of listIn(rule, "outputEntry").entries()) {
    const text = textIn(entry, "text") ?? "null";
    const value = literalOf(text);
    if (value === undefined) return void say(`${outputs[at]} is computed: ${text}`);
    row[outputs[at] as string] = value;
  }
  const notes = listIn(rule, "annotationEntry").flatMap((entry) => textIn(entry, "text") ?? []);
  const note = [textIn(rule, "description") ?? [], notes].flat().join("; ");
  return note === "" ? row : { ...row, note };
}

function defaultOf(columns: readonly Xml[], outputs: readonly { name: string }[]): JsonObject | undefined {
  const values = columns.map((column) => literalOf(textIn(childIn(column, "defaultOutputEntry"), "text") ?? ""));
  if (values.length === 0 || values.some((value) => value === undefined)) return undefined;
  return Object.fromEntries(outputs.map(({ name }, at) => [name, values[at] as Json]));
}

/** `Approval Status` → `approvalStatus`. */
function freeName(name: string, taken: object): string {
  const words = name
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9 _-]/g, "")
    .split(/[ _-]+/)
    .filter((word) => word !== "");
  const joined = words
    .map((word, at) => (at === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1))
    .join("");
  const base = /^[a-z]/i.test(joined) ? joined : `table${joined}`;
  let free = base;
  for (let at = 2; Object.hasOwn(taken, free); at++) free = `${base}${at}`;
  return free;
}
