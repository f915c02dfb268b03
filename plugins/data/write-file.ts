import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { type Json, type JsonObject, StageError } from "stagecraft/plugin";
import { fileFault } from "./file-fault.js";
import type { Format } from "./format.js";

export interface FileWrite {
  readonly path: string;
  readonly shown: string;
  readonly format: Format;
  readonly delimiter: string;
  readonly rows: readonly JsonObject[];
}

/** The file holds exactly these rows afterwards, or what it held before: never half of either. */
export async function replaceFile(write: FileWrite): Promise<void> {
  const folder = dirname(write.path);
  const beside = join(folder, `.${basename(write.path)}.${randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    await withFile(beside, "wx", (file) => file.writeFile(render(write, columnsOf(write.rows), true)));
    await rename(beside, write.path);
    await syncFolder(folder);
  } catch (error) {
    await rm(beside, { force: true });
    throw fileFault(error, write.shown);
  }
}

/** Adds rows at the end. Repeating it adds them again: a file cannot say which rows it already has. */
export async function appendFile(write: FileWrite): Promise<void> {
  try {
    await mkdir(dirname(write.path), { recursive: true });
    await withFile(write.path, "a+", async (file) => {
      const { size } = await file.stat();
      const last = Buffer.alloc(1);
      if (size > 0) await file.read(last, 0, 1, size - 1);
      const columns = size === 0 ? columnsOf(write.rows) : await columnsToAppend(file, write);
      const gap = size > 0 && last.toString() !== "\n" ? "\n" : "";
      await file.appendFile(gap + render(write, columns, size === 0));
    });
  } catch (error) {
    throw fileFault(error, write.shown);
  }
}

/** A CSV file's own columns, in their order. @throws StageError `data-columns` when rows have others */
async function columnsToAppend(file: FileHandle, write: FileWrite): Promise<readonly string[]> {
  const ours = columnsOf(write.rows);
  if (write.format !== "csv") return ours;
  const { parse } = await import("csv-parse/sync");
  const head = Buffer.alloc(64 * 1024);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  const text = head.toString("utf8", 0, bytesRead);
  const [header = []] = parse(text, { bom: true, delimiter: write.delimiter, to: 1, relax_quotes: true }) as string[][];
  const theirs = header.map((name) => name.trim());
  const extra = ours.filter((name) => !theirs.includes(name));
  if (extra.length === 0) return theirs;
  throw new StageError(
    "data-columns",
    `${write.shown} has no column ${extra.join(", ")}; it has: ${theirs.join(", ")}`,
  );
}

function render({ format, rows, delimiter }: FileWrite, columns: readonly string[], header: boolean): string {
  if (format === "json") return `${JSON.stringify(rows, null, 2)}\n`;
  if (format === "ndjson") return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  if (columns.length === 0) return "";
  const cells = rows.map((row) => columns.map((name) => toCell(Object.hasOwn(row, name) ? row[name] : null)));
  return stringify(cells, { header, columns: [...columns], delimiter });
}

function toCell(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** All names, in the order they first come up. */
export function columnsOf(rows: readonly JsonObject[]): string[] {
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  return [...names];
}

async function withFile(path: string, flags: string, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags);
  try {
    await use(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is on disk once its folder is. Some systems cannot do this, and need not. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
