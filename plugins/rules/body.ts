import { type CompiledTemplate, compileTemplate, ExpressionError, type Json } from "stagecraft/plugin";
import { type Cell, CellError, type Operand } from "./cell.js";
import { compileCell, inferKind, typeCell } from "./cellTest.js";
import { readCell } from "./cellText.js";
import { type DraftColumn, domainOf, readExpression } from "./columns.js";
import { type Finding, fault } from "./finding.js";
import { type InputColumn, type OutputColumn, RESERVED, type Row } from "./model.js";
import { placeOf, type RawRow, rowFault } from "./rows.js";
import { type Kind, kindOfSchema, kindOfText, type Scalar, scalarOfText } from "./scalar.js";

/** The typed columns and rows: a column's kind is its schema's, or what its cells agree on. */
export function readBody(
  rows: readonly RawRow[],
  drafts: readonly DraftColumn[],
  outputs: readonly OutputColumn[],
  findings: Finding[],
): { inputs: InputColumn[]; rows: Row[] } {
  reportColumns(rows, drafts, outputs, findings);
  const written = drafts.map((draft) => rows.map((row) => readInputCell(row, draft.name, findings)));
  const inputs = drafts.map((draft, index) => {
    const kind = draft.kind === "unknown" ? inferKind(written[index] as Cell<Operand>[]) : draft.kind;
    return { name: draft.name, expression: draft.expression, kind, domain: domainOf(draft.schema, kind) };
  });
  const read = rows.map((row, at) => {
    const cells = inputs.map((column, index) =>
      typeInputCell(row, column, written[index]?.[at] as Cell<Operand>, findings),
    );
    const note = row.values.get("note");
    const when = row.values.get("when");
    const condition = when === undefined ? undefined : readExpression(when, placeOf(row, "when"), findings);
    return {
      number: row.number,
      ...(note === undefined ? {} : { note: String(note) }),
      cells,
      tests: cells.map(compileCell),
      ...(condition === undefined ? {} : { when: condition }),
      answer: readAnswer(row, outputs, findings),
    };
  });
  return { inputs, rows: read };
}

/** The default row: every output column, nothing else. */
export function readDefault(values: Json, outputs: readonly OutputColumn[], findings: Finding[]): CompiledTemplate {
  const row: RawRow = { number: 0, values: new Map(Object.entries(values as object)) };
  const own: Finding[] = [];
  const answer = readAnswer(row, outputs, own);
  for (const name of row.values.keys()) {
    if (!outputs.some((output) => output.name === name)) {
      own.push(fault("rules-column", ["rules", -1, name], `${name} is no output column`));
    }
  }
  for (const finding of own) findings.push({ ...finding, path: ["default", ...finding.path.slice(2)] });
  return answer;
}

function reportColumns(
  rows: readonly RawRow[],
  drafts: readonly DraftColumn[],
  outputs: readonly OutputColumn[],
  findings: Finding[],
): void {
  const known = new Set<string>([...drafts, ...outputs].map((column) => column.name));
  const words = [...known].join(", ");
  const reported = new Set<string>();
  for (const row of rows) {
    for (const name of row.values.keys()) {
      if (known.has(name) || (RESERVED as readonly string[]).includes(name)) continue;
      // A file has one header: one finding for all its lines.
      if (row.line !== undefined && reported.has(name)) continue;
      reported.add(name);
      findings.push({
        ...rowFault("rules-column", row, name, `there is no column ${name}`, `columns: ${words}`),
        atKey: true,
      });
    }
  }
}

function readInputCell(row: RawRow, column: string, findings: Finding[]): Cell<Operand> {
  const value = row.values.get(column);
  if (value === undefined) return { type: "any" };
  return attempt(row, column, findings, () => readCell(value)) ?? { type: "any" };
}

function typeInputCell(row: RawRow, column: InputColumn, cell: Cell<Operand>, findings: Finding[]): Cell<Scalar> {
  return attempt(row, column.name, findings, () => typeCell(cell, column.kind)) ?? { type: "any" };
}

function attempt<T>(row: RawRow, column: string, findings: Finding[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CellError)) throw error;
    findings.push(rowFault("rules-cell", row, column, error.message, error.help));
    return undefined;
  }
}

function readAnswer(row: RawRow, outputs: readonly OutputColumn[], findings: Finding[]): CompiledTemplate {
  const answer: Record<string, Json> = {};
  for (const output of outputs) {
    const written = row.values.get(output.name);
    if (written === undefined) {
      const help = "write null for nothing";
      findings.push(rowFault("rules-output", row, output.name, `the row gives no ${output.name}`, help));
      continue;
    }
    const value = row.line === undefined ? written : valueOfText(String(written), output);
    const complaint = complaintAbout(value, output);
    if (complaint === undefined) answer[output.name] = value;
    else findings.push(rowFault("rules-output", row, output.name, complaint));
  }
  return compileTemplate(answer);
}

/** Constants are held against the column's schema now, what is computed when it is. */
function complaintAbout(value: Json, output: OutputColumn): string | undefined {
  try {
    const compiled = compileTemplate(value);
    if (compiled.constant) return output.refuse(value);
    const stranger = compiled.references.find((reference) => reference.path[0] !== "facts");
    return stranger && `a ruleset sees only \`facts\`, not \`${stranger.path[0]}\``;
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
}

/** A CSV field as the output column's kind; without one, as plain text reads on its own. */
function valueOfText(text: string, output: OutputColumn): Json {
  if (text.includes("${{")) return text;
  if (text === "null") return null;
  const quoted = /^'(.*)'$/s.exec(text);
  if (quoted) return quoted[1] as string;
  const listed = output.priority?.find((value) => String(value) === text);
  if (listed !== undefined) return listed;
  const declared = kindOfSchema(output.schema);
  const kind: Kind = declared === "unknown" ? kindOfText(text) : declared;
  if (kind !== "number" && kind !== "boolean") return text;
  return (scalarOfText(text, kind) as Json | undefined) ?? text;
}
