import { defineStage, type JsonObject, type StageContext, type StageInfo, type StageIssue } from "stagecraft/plugin";
import { delimiterOf, FORMATS, formatOf } from "./format.js";
import { query } from "./query.js";
import { readRows } from "./read-file.js";
import type { Collected, Columns } from "./rows.js";

export const readStage = defineStage({
  name: "data.read",
  kind: "effect",
  leavesNothing: true,
  safeToRepeat: true,
  title: "Read data",
  description:
    "Reads rows from a CSV, JSON or NDJSON file, or by a SELECT from a SQLite database. Dirty rows are kept and reported in errors.",
  examples: [
    "uses: data.read\nwith:\n  file: data/orders.csv\n  columns: { amount: number, paid: boolean }",
    'uses: data.read\nwith:\n  database: data/shop.sqlite\n  sql: select id, total from orders where total > :least\n  params: { least: "${{ inputs.least }}" }',
  ],
  input: {
    type: "object",
    additionalProperties: false,
    properties: {
      file: { type: "string", minLength: 1, description: "A file of the project." },
      format: { type: "string", enum: [...FORMATS], description: "Taken from the file's name when left out." },
      delimiter: { type: "string", minLength: 1, maxLength: 1, description: "Of CSV; a comma, or a tab for .tsv." },
      columns: {
        type: "object",
        additionalProperties: { type: "string", enum: ["string", "number", "integer", "boolean"] },
        description: "Types of columns. A cell that does not fit stays text and is reported.",
      },
      limit: { type: "integer", minimum: 1, description: "Rows at most." },
      database: { type: "string", minLength: 1, description: "A SQLite file of the project, opened read-only." },
      sql: { type: "string", minLength: 1, description: "One SELECT; values belong in params." },
      params: { type: ["array", "object"], description: "A list for ?, or an object for :name." },
    },
  },
  output: {
    type: "object",
    additionalProperties: false,
    required: ["rows", "count", "errors", "errorCount"],
    properties: {
      rows: { type: "array", items: { type: "object" } },
      count: { type: "integer", description: "Rows read, faulty ones among them." },
      errors: {
        type: "array",
        description: "The first 1000 faults.",
        items: {
          type: "object",
          additionalProperties: false,
          required: ["row", "message"],
          properties: {
            row: { type: "integer", description: "Counts from 1, the header not counted." },
            column: { type: "string" },
            message: { type: "string" },
          },
        },
      },
      errorCount: { type: "integer" },
    },
  },
  sensitive: { sql: "sql" },
  check,
  async run(input, context) {
    return {
      outputs: typeof input["file"] === "string" ? await fromFile(input, context) : await fromDatabase(input, context),
    };
  },
});

async function fromFile(input: JsonObject, context: StageContext): Promise<JsonObject> {
  const shown = String(input["file"]);
  const read: Collected = await readRows({
    path: context.file(shown),
    shown,
    format: formatOf(shown, input["format"]),
    delimiter: delimiterOf(shown, input["delimiter"]),
    columns: (input["columns"] ?? {}) as Columns,
    limit: input["limit"] as number | undefined,
    signal: context.signal,
  });
  return { rows: read.rows, count: read.rows.length, errors: read.errors, errorCount: read.errorCount };
}

async function fromDatabase(input: JsonObject, context: StageContext): Promise<JsonObject> {
  const shown = String(input["database"]);
  const rows = await query({
    path: context.file(shown),
    shown,
    sql: String(input["sql"]),
    params: input["params"],
    limit: input["limit"] as number | undefined,
  });
  return { rows, count: rows.length, errors: [], errorCount: 0 };
}

const OF_FILE = ["format", "delimiter", "columns"];
const OF_DATABASE = ["sql", "params"];

function check({ with: given }: StageInfo): readonly StageIssue[] {
  const has = (key: string) => Object.hasOwn(given, key);
  if (has("file") === has("database")) {
    const message = has("file") ? "file and database are two sources for one read" : "there is nothing to read";
    return [fault(["with"], message, "give either file, or database and sql")];
  }
  const strangers = (has("file") ? OF_DATABASE : OF_FILE).filter(has);
  const source = has("file") ? "file" : "database";
  const issues = strangers.map((key) => fault(["with", key], `${key} does not go with ${source}`, `remove ${key}`));
  if (has("database") && !has("sql")) issues.push(fault(["with"], "database needs sql", "add sql: select …"));
  return issues;
}

function fault(path: readonly string[], message: string, help: string): StageIssue {
  return { code: "data-source", severity: "error", message, help, path, atKey: path.length > 1 };
}
