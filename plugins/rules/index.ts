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
import { checkVersions, missingVersion, type Version, versionsOf } from "./versions.js";

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
      version: { type: "string", description: "Of a ruleset with `versions`: the one to ask." },
      at: {
        type: "string",
        description:
          "Of a ruleset with `versions`: a day or a time; the version in force then is asked. Default: the run's start.",
        examples: ["2026-07-01"],
      },
      facts: { description: "What the ruleset's expressions see as `facts`; usually an object." },
    },
  },
  output: outputSchema,
  check,
  cuts(info) {
    // What is in force may depend on the day: then nothing is known before it.
    if (info.with.version === undefined && askable(info).some(({ path }) => path.length > 0)) return undefined;
    const [version, ...others] = askable(info);
    const table = version !== undefined && others.length === 0 ? readTable(version.ruleset).table : undefined;
    return table && cutsOf(table);
  },
  run(input, context) {
    const name = input.ruleset as string;
    const ruleset = own(context.rulesets, name);
    if (ruleset === undefined) throw new StageError("unknown-ruleset", `there is no ruleset ${name}`);
    const { version, at } = input;
    return ask(name, ruleset, input.facts ?? null, { now: context.now, start: context.runStartedAt, version, at });
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
      code: "rules-version",
      means: "A stage asks for a version that its ruleset does not have, or a version's name or dates cannot be.",
      mend: "Name one of `versions`; a date is a day such as 2026-07-01.",
    },
    {
      code: "rules-version-overlap",
      means: "Two versions of a ruleset are in force at one time, and a stage asks for the one in force.",
      mend: "Give the earlier one a `validTo`, or name the version in the stage.",
    },
    {
      code: "rules-version-gap",
      means: "Between two versions of a ruleset there is a time at which none is in force.",
      mend: "Let the next `validFrom` be the day after the last `validTo`.",
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
  const { version, at } = info.with;
  const list = checkVersions(ruleset, version === undefined);
  if (list.some(({ severity }) => severity === "error")) return list.map((one) => locate(one, name));
  const tables = versionsOf(ruleset).map((one) => ({ ...readTable(one.ruleset), one }));
  const inTables = tables.flatMap(({ table, findings, one }) =>
    (table === undefined ? findings : analyse(table)).map((finding) => locate(finding, name, one)),
  );
  const missing = tables.flatMap(({ table }) => (table === undefined ? [] : missingFacts(table, info.with.facts)));
  const unlike = version === undefined ? [] : checkWanted(ruleset, version, at);
  return [...list.map((one) => locate(one, name)), ...inTables, ...unique(missing), ...unlike];
}

/** The columns are the same for every version, and so is what is said of them. */
function unique(issues: readonly StageIssue[]): StageIssue[] {
  return [...new Map(issues.map((issue) => [issue.message, issue])).values()];
}

function checkWanted(ruleset: JsonObject, version: Json, at: Json | undefined): StageIssue[] {
  const both = at !== undefined;
  if (both)
    return [issueOf("rules-version", ["with", "at"], "`version` says which one: `at` says it again", undefined)];
  if (typeof version !== "string" || version.includes("${{")) return [];
  const missing = missingVersion(ruleset, version);
  return missing ? [issueOf("rules-version", ["with", "version"], missing.message, missing.help)] : [];
}

/** The finding's path from the definition's root; a row of a CSV file has no place there but the file's. */
function locate(finding: Finding, name: string, version?: Version): StageIssue {
  const { path } = finding;
  const inFile = path[0] === "rules" && version !== undefined && !Array.isArray(version.ruleset.rules);
  const below = version?.keys.includes(String(path[0])) ? version.path : [];
  return { ...finding, atRoot: true, path: ["rulesets", name, ...below, ...(inFile ? ["rules"] : path)] };
}

/** The versions that a stage may come to ask. */
function askable({ with: { ruleset: name, version }, rulesets }: StageInfo): readonly Version[] {
  const ruleset = typeof name === "string" ? own(rulesets, name) : undefined;
  const all = ruleset === undefined ? [] : versionsOf(ruleset);
  if (typeof version !== "string" || version.includes("${{")) return all;
  return all.filter((one) => one.version === version);
}

/** Null is possible where no row need match: no default, and the cells leave something out. */
function outputSchema(info: StageInfo): JsonSchema {
  const tables = askable(info).flatMap(({ ruleset }) => readTable(ruleset).table ?? []);
  const [table] = tables;
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
  const nullable = tables.some((one) => one.fallback === undefined && !isComplete(one));
  return objectOf({ ...columnSchemas(table, nullable), matched });
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
