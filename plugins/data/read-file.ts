import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { CsvError, parse } from "csv-parse";
import { isObject, type Json, type JsonObject, StageError } from "stagecraft/plugin";
import { fileFault } from "./file-fault.js";
import type { Format } from "./format.js";
import { add, type Collected, type Columns, collect, report, typed } from "./rows.js";

export interface FileRead {
  /** Absolute; `shown` is what messages say. */
  readonly path: string;
  readonly shown: string;
  readonly format: Format;
  readonly delimiter: string;
  readonly columns: Columns;
  readonly limit: number | undefined;
  readonly signal: AbortSignal;
}

const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** @throws StageError `file-not-found`, `file-unreadable`, `data-header`, `data-columns`, `data-csv`, `data-json` */
export async function readRows(read: FileRead): Promise<Collected> {
  try {
    if (read.format === "csv") return await readCsv(read);
    return read.format === "json" ? await readJson(read) : await readLines(read);
  } catch (error) {
    if (read.signal.aborted) throw read.signal.reason;
    throw fileFault(error, read.shown);
  }
}

async function readCsv(read: FileRead): Promise<Collected> {
  const into = collect();
  const file = createReadStream(read.path, { signal: read.signal });
  const parser = parse({
    bom: true,
    delimiter: read.delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: 8 * 1024 * 1024,
  });
  // Without this an unreadable file would leave the parser waiting for ever.
  file.once("error", (error) => parser.destroy(error));
  let header: readonly string[] | undefined;
  let number = 0;
  try {
    for await (const cells of file.pipe(parser) as AsyncIterable<string[]>) {
      if (header === undefined) {
        header = readHeader(cells, read);
        continue;
      }
      number += 1;
      const row = toRow(cells, header, number, into);
      if (!add(into, typed(row, read.columns, number, into), read.limit)) break;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new StageError("data-csv", `${read.shown} is no readable CSV: ${error.message}`);
  } finally {
    file.destroy();
    parser.destroy();
  }
  if (header === undefined) throw new StageError("data-header", `${read.shown} is empty: a header line is needed`);
  return into;
}

function readHeader(cells: readonly string[], { shown, columns }: FileRead): readonly string[] {
  const header = cells.map((cell, index) => cell.trim() || `column${index + 1}`);
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw new StageError("data-header", `${shown} has two columns named ${twice}`);
  const absent = Object.keys(columns).filter((name) => !header.includes(name));
  if (absent.length === 0) return header;
  const message = `${shown} has no column ${absent.join(", ")}; it has: ${header.join(", ")}`;
  throw new StageError("data-columns", message);
}

/** Missing cells are null, and cells too many are left out: both are reported. */
function toRow(cells: readonly string[], header: readonly string[], number: number, into: Collected): JsonObject {
  if (cells.length !== header.length) {
    report(into, { row: number, message: `has ${cells.length} cells where the header has ${header.length}` });
  }
  return Object.fromEntries(header.map((name, index) => [name, cells[index] ?? null]));
}

async function readJson(read: FileRead): Promise<Collected> {
  const { size } = await stat(read.path);
  if (size > MAX_JSON_BYTES) {
    throw new StageError(
      "data-too-large",
      `${read.shown} has ${size} bytes: more than a JSON file may have, use ndjson`,
    );
  }
  const text = await readFile(read.path, { encoding: "utf8", signal: read.signal });
  let value: Json;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, "")) as Json;
  } catch (error) {
    throw new StageError("data-json", `${read.shown} is no JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(value)) throw new StageError("data-json", `${read.shown} must hold a list of objects`);
  const into = collect();
  for (const [index, item] of (value as readonly Json[]).entries()) {
    if (!take(item, index + 1, read, into)) break;
  }
  return into;
}

async function readLines(read: FileRead): Promise<Collected> {
  const into = collect();
  const file = createReadStream(read.path, { encoding: "utf8", signal: read.signal });
  const lines = createInterface({ input: file, crlfDelay: Number.POSITIVE_INFINITY });
  // readline does not pass a failing file on.
  const failed = new Promise<never>((_, reject) => file.once("error", reject));
  let number = 0;
  const all = async () => {
    for await (const line of lines) {
      const text = number === 0 ? line.replace(/^\uFEFF/, "") : line;
      if (text.trim() === "") continue;
      number += 1;
      if (!takeLine(text, number, read, into)) break;
    }
    return into;
  };
  try {
    return await Promise.race([all(), failed]);
  } finally {
    lines.close();
    file.destroy();
  }
}

function takeLine(text: string, number: number, read: FileRead, into: Collected): boolean {
  let item: Json;
  try {
    item = JSON.parse(text) as Json;
  } catch {
    report(into, { row: number, message: "is no JSON" });
    return true;
  }
  return take(item, number, read, into);
}

function take(item: Json, number: number, read: FileRead, into: Collected): boolean {
  if (!isObject(item)) {
    report(into, { row: number, message: "is no object" });
    return true;
  }
  return add(into, typed(item, read.columns, number, into), read.limit);
}
