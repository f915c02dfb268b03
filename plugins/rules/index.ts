import {
  definePlugin,
  defineStage,
  type Json,
  type JsonObject,
  type JsonSchema,
  nearest,
  StageError,
  type StageInfo,
  type StageIssue,
} from "stagecraft/plugin";
import { analyse, isComplete } from "./analyse.js";
import { ask } from "./ask.js";
import { cutsOf } from "./cuts.js";
import { missingFacts } from "./facts.js";
import type { Finding } from "./finding.js";
import { listsRows } from "./hit.js";
import type { Table } from "./model.js";
import { rulesetSchema } from "./schema.js";
import { readTable } from "./table.js";

/** Decides by a decision table of the definition. */
const rules = defineStage({
  kind: "pure",
  name: "rules",
  title: "Decision table",
  description:
    "Looks the facts up in a ruleset: rows of cells that match, and the outputs they give, under one of the DMN hit policies.",
  examples: ["uses: rules\nwith:\n  ruleset: approvalTier\n  facts:\n    amount: 1200\n    country: DE\n"],
  input: {
    type: "object",
    additionalProperties: false,
    required: ["ruleset"],
    properties: {
      ruleset: { type: "string", description: "Name of an entry of `rulesets`. Constant.", examples: ["approvalTier"] },
      facts: { description: "What the ruleset's expressions see as `facts`; usually an object." },
    },
  },
  output: outputSchema,
  check,
  cuts(info) {
    const ruleset = typeof info.with.ruleset === "string" ? own(info.rulesets, info.with.ruleset) : undefined;
    const table = ruleset && readTable(ruleset).table;
    return table && cutsOf(table);
  },
  run(input, context) {
    const name = input.ruleset as string;
    const ruleset = own(context.rulesets, name);
    if (ruleset === undefined) throw new StageError("unknown-ruleset", `there is no ruleset ${name}`);
    return ask(name, ruleset, input.facts ?? null, context.now);
  },
});

export default definePlugin({
  name: "rules",
  version: "1.0.0",
  apiVersion: 1,
  codes: [
    {
      code: "rules-table",
      means: "A decision table as a whole cannot be read: its hit policy, its file, or the shape of its rows.",
      mend: "See the message; a row is one entry of `rules`, with a cell for each column.",
    },
    {
      code: "rules-column",
      means:
        "A row or a header names a column the table does not have, a column is missing, or its expression is wrong.",
      mend: "Check the spelling against `inputs` and `outputs`.",
    },
    {
      code: "rules-cell",
      means: "A cell of a row is no test its column could make.",
      mend: "Write a value, a comparison such as `> 100`, an interval such as `[1..10]`, a list, or `any`.",
    },
    {
      code: "rules-output",
      means: "An output of a row is not one its column allows.",
      mend: "Use an allowed value, or add it to the column.",
    },
    {
      code: "rules-fact",
      means: "A decision table reads a fact that the stage does not hand over, so it would fail when it is asked.",
      mend: "Add it to `facts`, or read it with `coalesce(facts.x, …)` where it may be absent.",
    },
    {
      code: "rules-gap",
      means: "There are facts for which no row matches and no default is given.",
      mend: "Add a row for them, or a `default`.",
    },
    {
      code: "rules-overlap",
      means: "Two rows match the same facts although the hit policy allows one, or one answer.",
      mend: "Narrow one of the two rows, or choose another hit policy.",
    },
    {
      code: "rules-unreachable",
      means: "A row can never be the one that counts: the rows before it take all it would match.",
      mend: "Move it up, narrow the rows before it, or remove it.",
    },
  ],
  stages: [rules],
  definitions: { rulesets: rulesetSchema },
});

function check(info: StageInfo): StageIssue[] {
  const name = info.with.ruleset;
  if (typeof name !== "string") return [];
  if (name.includes("${{")) {
    return [issueOf("unknown-ruleset", ["with", "ruleset"], "`ruleset` is a constant name", undefined)];
  }
  const ruleset = own(info.rulesets, name);
  if (ruleset === undefined) {
    const known = Object.keys(info.rulesets);
    const near = nearest(name, known);
    const help = near !== undefined ? `did you mean ${near}?` : `rulesets: ${known.join(", ") || "none yet"}`;
    return [issueOf("unknown-ruleset", ["with", "ruleset"], `there is no ruleset ${name}`, help)];
  }
  const { table, findings } = readTable(ruleset);
  const all = table === undefined ? findings : analyse(table);
  const missing = table === undefined ? [] : missingFacts(table, info.with.facts);
  return [...all.map((finding) => locate(finding, name, ruleset)), ...missing];
}

/** The finding's path from the definition's root; a row of a CSV file has no place there but the file's. */
function locate(finding: Finding, name: string, ruleset: JsonObject): StageIssue {
  const { path } = finding;
  const inFile = path[0] === "rules" && !Array.isArray(ruleset.rules);
  return { ...finding, atRoot: true, path: ["rulesets", name, ...(inFile ? ["rules"] : path)] };
}

/** Null is possible where no row need match: no default, and the cells leave something out. */
function outputSchema(info: StageInfo): JsonSchema {
  const ruleset = typeof info.with.ruleset === "string" ? own(info.rulesets, info.with.ruleset) : undefined;
  const table = ruleset && readTable(ruleset).table;
  if (table === undefined) return { type: "object" };
  const matched = {
    type: "array",
    items: { type: "integer", minimum: 1 },
    description: "Numbers of the rows that matched, from 1.",
  };
  if (listsRows(table)) {
    const rows = { type: "array", items: objectOf(columnSchemas(table, false)) };
    return objectOf({ rows, matched });
  }
  return objectOf({ ...columnSchemas(table, table.fallback === undefined && !isComplete(table)), matched });
}

function columnSchemas(table: Table, nullable: boolean): Record<string, JsonSchema> {
  const schemas = table.outputs.map(({ name, schema }): [string, JsonSchema] => {
    if (table.aggregate === "count") return [name, { type: "integer", minimum: 0 }];
    const own: JsonSchema = table.aggregate === undefined ? schema : { type: "number" };
    return [name, nullable ? { anyOf: [own, { type: "null" }] } : own];
  });
  return Object.fromEntries(schemas);
}

function objectOf(properties: Record<string, Json>): JsonSchema {
  return { type: "object", additionalProperties: false, required: Object.keys(properties), properties };
}

function issueOf(code: string, path: readonly string[], message: string, help: string | undefined): StageIssue {
  return { code, severity: "error", path, message, ...(help === undefined ? {} : { help }) };
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
