import { Ajv2020 as Ajv, type ValidateFunction } from "ajv/dist/2020.js";
import {
  compileExpression,
  type Expression,
  findExpressions,
  isObject,
  type Json,
  type JsonObject,
} from "stagecraft/plugin";
import { type Finding, fault } from "./finding.js";
import { type Domain, type OutputColumn, RESERVED } from "./model.js";
import { KIND_NAMES, type Kind, kindOfSchema, type Scalar, scalarOfValue } from "./scalar.js";

let ajv: Ajv | undefined;

/** An input column before its cells have said what it holds. */
export interface DraftColumn {
  readonly name: string;
  readonly expression: Expression;
  /** `unknown`: its cells decide. */
  readonly kind: Kind;
  readonly schema: JsonObject;
}

/** `inputs: { amount: "${{ facts.amount }}", country: { value: …, schema: … } }`. */
export function readInputs(inputs: Json | undefined, findings: Finding[]): DraftColumn[] {
  if (inputs === undefined) return [];
  if (!isObject(inputs)) {
    findings.push(fault("rules-table", ["inputs"], "`inputs` is { column: ${{ … }} }"));
    return [];
  }
  const columns: DraftColumn[] = [];
  for (const [name, written] of Object.entries(inputs)) {
    refuseReserved("inputs", name, findings);
    const long = isObject(written);
    const value = long ? written.value : written;
    const schema = long && isObject(written.schema) ? written.schema : {};
    const unknown = long ? Object.keys(written).find((key) => key !== "value" && key !== "schema") : undefined;
    if (unknown !== undefined) {
      findings.push(fault("rules-column", ["inputs", name, unknown], "a column has only `value` and `schema`"));
    }
    const expression = readExpression(value, long ? ["inputs", name, "value"] : ["inputs", name], findings);
    if (expression !== undefined) columns.push({ name, expression, kind: kindOfSchema(schema), schema });
  }
  return columns;
}

/** `outputs: { tier: [board, director], sla: { type: string } }`. */
export function readOutputs(outputs: Json | undefined, findings: Finding[]): OutputColumn[] {
  if (!isObject(outputs) || Object.keys(outputs).length === 0) {
    findings.push(
      fault("rules-table", outputs === undefined ? [] : ["outputs"], "`outputs` names at least one column"),
    );
    return [];
  }
  const columns: OutputColumn[] = [];
  for (const [name, written] of Object.entries(outputs)) {
    refuseReserved("outputs", name, findings);
    if (name === "matched" || name === "rows") {
      findings.push(fault("rules-column", ["outputs", name], `\`${name}\` is the table's own output`));
    }
    if (Array.isArray(written) || isObject(written)) readOutput(name, written, columns, findings);
    else findings.push(fault("rules-output", ["outputs", name], "an output is a list of values, or a JSON Schema"));
  }
  return columns;
}

function readOutput(
  name: string,
  written: JsonObject | readonly Json[],
  columns: OutputColumn[],
  findings: Finding[],
): void {
  if (Array.isArray(written)) {
    const allowed = written.map(String).join(", ");
    const refuse = (value: Json) =>
      written.includes(value) ? undefined : `${JSON.stringify(value)} is not one of ${allowed}`;
    columns.push({ name, schema: { enum: written }, priority: written, refuse });
    return;
  }
  const schema = written as JsonObject;
  let validate: ValidateFunction;
  try {
    ajv ??= new Ajv({ strict: false, logger: false, addUsedSchema: false });
    validate = ajv.compile(schema);
  } catch (error) {
    findings.push(fault("rules-output", ["outputs", name], (error as Error).message));
    return;
  }
  const refuse = (value: Json) =>
    validate(value) ? undefined : `${JSON.stringify(value)} ${validate.errors?.[0]?.message ?? "is not valid"}`;
  columns.push({ name, schema, refuse });
}

/** What exactly one `${{ … }}` holds, compiled; anything else is a finding. */
export function readExpression(
  value: Json | undefined,
  path: Finding["path"],
  findings: Finding[],
): Expression | undefined {
  const found = typeof value === "string" ? findExpressions(value).found : [];
  const [only] = found;
  if (only === undefined || !only.whole) {
    findings.push(
      fault(
        "rules-column",
        path,
        "this takes exactly one ${{ expression }}",
        "where its values come from: ${{ facts.amount }}",
      ),
    );
    return undefined;
  }
  const { expression, issues } = compileExpression(only.source);
  for (const issue of issues) findings.push({ ...issue, path });
  const stranger = expression?.references.find((reference) => reference.path[0] !== "facts");
  if (stranger === undefined) return expression;
  findings.push(
    fault(
      "rules-column",
      path,
      `a ruleset sees only \`facts\`, not \`${stranger.path[0]}\``,
      "pass it in `with.facts`",
    ),
  );
  return undefined;
}

/** What the schema leaves possible, for checking values and for the analysis. */
export function domainOf(schema: JsonObject, kind: Kind): Domain {
  const listed = Array.isArray(schema.enum) ? schema.enum : undefined;
  const values = listed?.map((value) => scalarOfValue(value, kind)).filter((value) => value !== undefined);
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const typed = listed !== undefined || schema.type !== undefined;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const bounds = [minimum, maximum, exclusiveMinimum, exclusiveMaximum].filter((bound) => typeof bound === "number");
  return {
    bounds,
    ...(values === undefined ? {} : { values: values.filter((value) => value !== null) }),
    integer: types.includes("integer"),
    nullable: typed ? (listed ?? types).includes(listed ? null : "null") : undefined,
    within: boundsOf(schema, values),
  };
}

/** Says what is wrong with `value` in this column, or nothing. */
export function refusal(column: { kind: Kind; domain: Domain }, value: Scalar | undefined): string | undefined {
  if (value === undefined) return `expected ${KIND_NAMES[column.kind]}`;
  if (value === null) return column.domain.nullable === false ? `expected ${KIND_NAMES[column.kind]}` : undefined;
  if (column.domain.within(value)) return undefined;
  return column.domain.values ? `expected one of ${column.domain.values.join(", ")}` : "outside the column's schema";
}

function boundsOf(schema: JsonObject, values: readonly Scalar[] | undefined): (value: Scalar) => boolean {
  const bound = (keyword: string, otherwise: number) => {
    const written = schema[keyword];
    return typeof written === "number" ? written : otherwise;
  };
  const [low, high] = [bound("minimum", -Infinity), bound("maximum", Infinity)];
  const [above, below] = [bound("exclusiveMinimum", -Infinity), bound("exclusiveMaximum", Infinity)];
  return (value) => {
    if (values !== undefined && !values.includes(value)) return false;
    if (typeof value !== "number") return true;
    return value >= low && value <= high && value > above && value < below;
  };
}

function refuseReserved(part: string, name: string, findings: Finding[]): void {
  if ((RESERVED as readonly string[]).includes(name)) {
    findings.push(
      fault("rules-column", [part, name], `a column cannot be named ${name}: it has its own meaning in a row`),
    );
  }
}
