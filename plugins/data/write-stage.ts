import {
  defineStage,
  type JsonObject,
  type StageContext,
  StageError,
  type StageInfo,
  type StageIssue,
} from "stagecraft/plugin";
import { delimiterOf, FORMATS, formatOf } from "./format.js";
import { appendFile, type FileWrite, replaceFile } from "./write-file.js";
import { type TableWrite, writeTable } from "./write-table.js";

export const writeStage = defineStage({
  name: "data.write",
  kind: "effect",
  repeats: ({ with: { mode } }) => mode === "append",
  title: "Write data",
  description:
    "Writes rows to a CSV, JSON or NDJSON file, or to a table of a SQLite database. replace and upsert may be repeated after a crash without harm; append may add rows twice.",
  examples: [
    'uses: data.write\nwith:\n  file: out/clean.csv\n  rows: "${{ stages.check.outputs.items }}"',
    'uses: data.write\nwith:\n  database: out/shop.sqlite\n  table: orders\n  mode: upsert\n  key: [id]\n  rows: "${{ stages.check.outputs.items }}"',
  ],
  input: {
    type: "object",
    additionalProperties: false,
    required: ["rows"],
    properties: {
      rows: { type: "array", items: { type: "object" }, description: "What to write; columns are the rows' keys." },
      file: { type: "string", minLength: 1, description: "A file of the project. Its folder is made." },
      format: { type: "string", enum: [...FORMATS], description: "Taken from the file's name when left out." },
      delimiter: { type: "string", minLength: 1, maxLength: 1, description: "Of CSV; a comma, or a tab for .tsv." },
      database: { type: "string", minLength: 1, description: "A SQLite file of the project. It is made." },
      table: { type: "string", minLength: 1, description: "It is made when it is not there." },
      mode: {
        type: "string",
        enum: ["replace", "append", "upsert"],
        default: "replace",
        description:
          "replace: exactly these rows afterwards. append: these rows more; repeated after a crash they come twice. upsert (tables): rows of the same key are replaced, others added.",
      },
      key: {
        type: "array",
        minItems: 1,
        items: { type: "string" },
        description: "With upsert: the columns that name a row.",
      },
    },
  },
  output: {
    type: "object",
    additionalProperties: false,
    required: ["count"],
    properties: {
      count: { type: "integer", description: "Rows written." },
      file: { type: "string" },
      database: { type: "string" },
      table: { type: "string" },
    },
  },
  check,
  async run(input, context) {
    const rows = input["rows"] as readonly JsonObject[];
    const place =
      typeof input["file"] === "string" ? await toFile(input, rows, context) : await toTable(input, rows, context);
    return { outputs: { count: rows.length, ...place } };
  },
});

async function toFile(input: JsonObject, rows: readonly JsonObject[], context: StageContext): Promise<JsonObject> {
  const file = String(input["file"]);
  const format = formatOf(file, input["format"]);
  const write: FileWrite = {
    path: context.file(file),
    shown: file,
    format,
    delimiter: delimiterOf(file, input["delimiter"]),
    rows,
  };
  context.signal.throwIfAborted();
  if (input["mode"] !== "append") await replaceFile(write);
  else if (format === "json") throw new StageError("data-mode", `${file}: JSON cannot be appended to, use ndjson`);
  else await appendFile(write);
  return { file };
}

async function toTable(input: JsonObject, rows: readonly JsonObject[], context: StageContext): Promise<JsonObject> {
  const database = String(input["database"]);
  const table = String(input["table"]);
  await writeTable({
    path: context.file(database),
    shown: database,
    table,
    mode: (input["mode"] ?? "replace") as TableWrite["mode"],
    key: (input["key"] ?? []) as readonly string[],
    rows,
    signal: context.signal,
  });
  return { database, table };
}

function check({ with: given }: StageInfo): readonly StageIssue[] {
  const has = (key: string) => Object.hasOwn(given, key);
  const { mode } = given;
  if (has("file") === has("database")) {
    const message = has("file") ? "file and database are two places for one write" : "there is no place to write to";
    return [fault(["with"], message, "give either file, or database and table")];
  }
  const issues: StageIssue[] = [];
  if (has("database") && !has("table")) issues.push(fault(["with"], "database needs table", "add table: name"));
  const stranger = (has("file") ? ["table", "key"] : ["format", "delimiter"]).find(has);
  if (stranger !== undefined)
    issues.push(fault(["with", stranger], `${stranger} has no meaning here`, `remove ${stranger}`));
  if (has("file") && mode === "upsert") issues.push(fault(["with", "mode"], "a file cannot upsert", "use a database"));
  const json = given["format"] === "json" || (!has("format") && String(given["file"]).endsWith(".json"));
  if (has("file") && mode === "append" && json) {
    issues.push(fault(["with", "mode"], "JSON cannot be appended to", "use an .ndjson or .csv file"));
  }
  if (has("database") && (mode === "upsert") !== has("key")) {
    issues.push(fault(["with"], "mode upsert and key go together", "give both, or neither"));
  }
  return issues;
}

function fault(path: readonly string[], message: string, help: string): StageIssue {
  return { code: "data-target", severity: "error", message, help, path };
}
