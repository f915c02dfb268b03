import { extname } from "node:path";
import { StageError } from "stagecraft/plugin";

export const FORMATS = ["csv", "json", "ndjson"] as const;
export type Format = (typeof FORMATS)[number];

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".json": "json",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
};

/** What is said, else what the file's name says. @throws StageError `data-format` */
export function formatOf(file: string, said: unknown): Format {
  if (typeof said === "string") return said as Format;
  const extension = extname(file).toLowerCase();
  const format = Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined;
  if (format !== undefined) return format;
  throw new StageError("data-format", `${file} does not say its format: set format to csv, json or ndjson`);
}

/** A tab for `.tsv`, else a comma. */
export function delimiterOf(file: string, said: unknown): string {
  if (typeof said === "string") return said;
  return extname(file).toLowerCase() === ".tsv" ? "\t" : ",";
}
