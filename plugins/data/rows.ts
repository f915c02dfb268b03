import { type Json, type JsonObject, StageError } from "stagecraft/plugin";

/** A fault of one row. `row` counts the source's rows from 1, the header not counted. */
export type RowError = { readonly row: number; readonly column?: string; readonly message: string };

export type ColumnType = "string" | "number" | "integer" | "boolean";
export type Columns = Readonly<Record<string, ColumnType>>;

/** More than this is work for a database, not for one stage's outputs. */
export const MAX_ROWS = 200_000;
const MAX_ERRORS = 1_000;

/** Rows as they come, with their faults: a faulty cell stays as it was written, so nothing is lost. */
export interface Collected {
  readonly rows: JsonObject[];
  readonly errors: RowError[];
  errorCount: number;
}

export function collect(): Collected {
  return { rows: [], errors: [], errorCount: 0 };
}

/** False: the limit is reached and no more are wanted. @throws StageError `data-too-many-rows` */
export function add(into: Collected, row: JsonObject, limit: number | undefined): boolean {
  if (limit !== undefined && into.rows.length >= limit) return false;
  if (into.rows.length >= MAX_ROWS) {
    throw new StageError("data-too-many-rows", `there are more than ${MAX_ROWS} rows: read them in parts with limit`);
  }
  into.rows.push(row);
  return limit === undefined || into.rows.length < limit;
}

export function report(into: Collected, error: RowError): void {
  into.errorCount += 1;
  if (into.errors.length < MAX_ERRORS) into.errors.push(error);
}

/** Cells as the named types. Empty is null for all but text; what cannot be read stays, and is reported. */
export function typed(row: JsonObject, columns: Columns, number: number, into: Collected): JsonObject {
  const made: Record<string, Json> = { ...row };
  for (const [column, type] of Object.entries(columns)) {
    const cell = Object.hasOwn(row, column) ? (row[column] as Json) : null;
    const value = convert(cell, type);
    if (value === undefined) {
      const message = `${JSON.stringify(cell)} is no ${type}`;
      report(into, { row: number, column, message: message.length > 200 ? `${message.slice(0, 200)}…` : message });
    } else {
      Object.defineProperty(made, column, { value, enumerable: true, configurable: true, writable: true });
    }
  }
  return made;
}

function convert(cell: Json, type: ColumnType): Json | undefined {
  if (cell === null) return null;
  if (type === "string") return typeof cell === "object" ? undefined : String(cell);
  const plain = typeof cell === "string" ? cell.trim() : cell;
  if (plain === "") return null;
  if (type === "boolean") return asBoolean(plain);
  const number = typeof plain === "string" && NUMBER.test(plain) ? Number(plain) : plain;
  if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
  return type === "integer" && !Number.isInteger(number) ? undefined : number;
}

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

function asBoolean(cell: Json): boolean | undefined {
  if (typeof cell === "boolean") return cell;
  if (cell === 1 || cell === 0) return cell === 1;
  if (typeof cell !== "string") return undefined;
  if (/^(?:true|yes|y|1)$/i.test(cell)) return true;
  return /^(?:false|no|n|0)$/i.test(cell) ? false : undefined;
}
