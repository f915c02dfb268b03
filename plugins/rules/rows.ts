import { parse } from "csv-parse/sync";
import { isObject, type Json } from "stagecraft/plugin";
import { type Code, type Finding, fault } from "./finding.js";

/** One row as written, before its columns are known. A row of a CSV file has text only, and no place of its own. */
export interface RawRow {
  /** From 1. */
  readonly number: number;
  readonly values: ReadonlyMap<string, Json>;
  /** `line 4 of tiers.csv`, for rows that came from a file. */
  readonly line?: string;
}

export interface RawRows {
  readonly rows: readonly RawRow[];
  readonly findings: readonly Finding[];
}

/** Rows from `rules:` in YAML, or from the text of the CSV file it names: `{ file, text }` once read. */
export function readRows(rules: Json | undefined): RawRows {
  if (Array.isArray(rules)) return yamlRows(rules);
  if (isObject(rules) && typeof rules.file === "string" && typeof rules.text === "string") {
    return csvRows(rules.file, rules.text);
  }
  return { rows: [], findings: [fault("rules-table", ["rules"], "`rules` is a list of rows, or { file: rows.csv }")] };
}

/** Where a finding about one value of a row belongs. */
export function placeOf(row: RawRow, column?: string): Finding["path"] {
  if (row.line !== undefined) return ["rules"];
  return column === undefined ? ["rules", row.number - 1] : ["rules", row.number - 1, column];
}

/** A fault of one row, naming its line where the editor cannot point at it. */
export function rowFault(code: Code, row: RawRow, column: string, message: string, help?: string): Finding {
  const at = row.values.has(column) ? column : undefined;
  const where = row.line === undefined ? "" : `${row.line}, column ${column}: `;
  return fault(code, placeOf(row, at), `${where}${message}`, help);
}

function yamlRows(rules: readonly Json[]): RawRows {
  const rows: RawRow[] = [];
  const findings: Finding[] = [];
  rules.forEach((row, index) => {
    if (isObject(row)) rows.push({ number: index + 1, values: new Map(Object.entries(row)) });
    else findings.push(fault("rules-table", ["rules", index], "a row is { column: cell, … }"));
  });
  return { rows, findings };
}

/** The first line names the columns; an empty field is a column left out. */
function csvRows(file: string, text: string): RawRows {
  const semicolons = /^[^,\n]*;/.test(text);
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      delimiter: semicolons ? ";" : ",",
    }) as unknown as typeof records;
  } catch (error) {
    return { rows: [], findings: [fault("rules-table", ["rules"], `${file}: ${(error as Error).message}`)] };
  }
  const [header, ...body] = records;
  if (header === undefined) {
    return {
      rows: [],
      findings: [fault("rules-table", ["rules"], `${file} is empty`, "its first line names the columns")],
    };
  }
  const repeated = header.record.find((name, index) => header.record.indexOf(name) !== index);
  if (repeated !== undefined) {
    return { rows: [], findings: [fault("rules-column", ["rules"], `${file} has two columns ${repeated}`)] };
  }
  const rows = body.map(({ record, info }, index) => ({
    number: index + 1,
    line: `line ${info.lines} of ${file}`,
    values: new Map(
      header.record.map((name, at) => [name, record[at] ?? ""] as const).filter(([, value]) => value !== ""),
    ),
  }));
  return { rows, findings: [] };
}
