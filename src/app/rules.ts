import fs from "node:fs";
import type { Imported } from "../../plugins/rules/dmn/read.js";
import { differences } from "../core/differences.js";
import { StagecraftError, StageError } from "../core/errors.js";
import { isObject, type Json, type JsonObject, type JsonSchema } from "../core/json.js";
import { explainFaults } from "../definition/index.js";
import { parseSource } from "../definition/source.js";
import type { LoadedDefinition } from "./definitions.js";
import { wallClock } from "./host.js";

/** What one case of a decision table came to. */
export interface RulesCase {
  readonly name: string;
  readonly outputs: JsonObject | null;
  /** Numbers of the rows that matched, from 1. */
  readonly matched: readonly number[];
  /** Why it did not pass, one line each; none: it passed. */
  readonly faults: readonly string[];
}

export interface RulesReport {
  readonly workflow: string;
  readonly ruleset: string;
  readonly version: string | null;
  readonly cases: readonly RulesCase[];
  /** Rows that no case matched. */
  readonly untouched: readonly number[];
}

/** Decision tables by themselves, without a run. */
export interface Rules {
  /** @throws StagecraftError `rules-cases-invalid`, `unknown-ruleset`, `unknown-definition`, `invalid-definition` */
  test(file: string): Promise<RulesReport>;
  /** The tables of a DMN file. @throws StagecraftError `dmn-invalid` */
  import(file: string): Promise<Imported>;
}

interface CasesFile {
  readonly workflow: string;
  readonly ruleset: string;
  /** Of a ruleset with several: the one to test, or a day it is in force; else the one of today. */
  readonly version?: string;
  readonly at?: string;
  readonly cases: readonly CaseWritten[];
}

interface CaseWritten {
  readonly name?: string;
  readonly facts?: Json;
  readonly expect?: JsonObject;
  readonly error?: string;
  readonly now?: string;
}

const NAME = { type: "string", minLength: 1 };
const CASES: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["workflow", "ruleset", "cases"],
  properties: {
    workflow: NAME,
    ruleset: NAME,
    version: NAME,
    at: NAME,
    cases: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        additionalProperties: false,
        properties: {
          name: NAME,
          facts: {},
          expect: { type: "object", minProperties: 1 },
          error: NAME,
          now: { type: "string", format: "date-time" },
        },
        oneOf: [{ required: ["expect"] }, { required: ["error"] }],
      },
    },
  },
};

export function rulesOf(read: (definition: string) => Promise<LoadedDefinition>): Rules {
  return {
    async test(file) {
      const written = casesIn(file);
      const { workflow, ruleset: name } = written;
      const { reading } = await read(workflow);
      if (reading.plan === undefined) {
        throw new StagecraftError("invalid-definition", `${workflow} is not a valid definition`, {
          help: `npx stagecraft validate ${workflow}`,
        });
      }
      const { rulesets } = reading.plan.workflow;
      if (!Object.hasOwn(rulesets, name)) {
        const help = `rulesets: ${Object.keys(rulesets).join(", ") || "none"}`;
        throw new StagecraftError("unknown-ruleset", `${workflow} has no ruleset ${name}`, { help });
      }
      return testRuleset(written, rulesets[name] as JsonObject);
    },
    async import(file) {
      const { readDmn } = await import("../../plugins/rules/dmn/read.js");
      try {
        return readDmn(textOf(file));
      } catch (error) {
        if (!(error instanceof StageError)) throw error;
        throw new StagecraftError(error.code, `${file} is no DMN file: ${error.message}`);
      }
    },
  };
}

async function testRuleset(
  { workflow, ruleset: name, cases, ...wanted }: CasesFile,
  ruleset: JsonObject,
): Promise<RulesReport> {
  const { ask, rowsOf } = await import("../../plugins/rules/ask.js");
  const start = wallClock.now();
  const version = await versionIn(name, ruleset, wanted, start);
  const results = cases.map((one, at): RulesCase => {
    const title = one.name ?? `case ${at + 1}`;
    const now = one.now === undefined ? wallClock.now() : Date.parse(one.now);
    try {
      const { outputs } = ask(name, ruleset, one.facts ?? null, { ...wanted, now, start });
      return { name: title, outputs, matched: outputs.matched as readonly number[], faults: faultsOf(one, outputs) };
    } catch (error) {
      if (!(error instanceof StageError)) throw error;
      const isWanted = error.code === one.error;
      return { name: title, outputs: null, matched: [], faults: isWanted ? [] : [`${error.code}: ${error.message}`] };
    }
  });
  const touched = new Set(results.flatMap(({ matched }) => matched));
  const untouched = rowsOf(ruleset, version).filter((row) => !touched.has(row));
  return { workflow, ruleset: name, version: version ?? null, cases: results, untouched };
}

async function versionIn(name: string, ruleset: JsonObject, wanted: Pick<CasesFile, "version" | "at">, start: number) {
  const { choose } = await import("../../plugins/rules/versions.js");
  try {
    return choose(name, ruleset, wanted, start).version;
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    throw new StagecraftError(error.code, error.message, {
      help: "`version` or `at` of the cases says which is meant",
    });
  }
}

/** Fields that a case does not mention may be anything. */
function faultsOf({ expect, error }: CaseWritten, outputs: JsonObject): readonly string[] {
  if (expect === undefined) return [`it was to fail with ${error}, and did not`];
  return Object.entries(expect).flatMap(([field, wanted]) => {
    const got = Object.hasOwn(outputs, field) ? outputs[field] : undefined;
    return differences(wanted, got).map(({ path, before, after }) => {
      const text = (value: Json | undefined) => (value === undefined ? "nothing" : JSON.stringify(value));
      return `${[field, ...path].join(".")} is ${text(after)}, and was to be ${text(before)}`;
    });
  });
}

function casesIn(file: string): CasesFile {
  const { value, diagnostics } = parseSource({ file, text: textOf(file) });
  const fault = diagnostics[0]?.message ?? (isObject(value) ? explainFaults(CASES, value) : "it is no mapping");
  if (fault === undefined) return value as unknown as CasesFile;
  throw new StagecraftError("rules-cases-invalid", `${file}: ${fault}`, {
    help: "it says workflow, ruleset, perhaps version or at, and cases; a case has facts, and expect or error",
  });
}

function textOf(file: string): string {
  if (fs.existsSync(file)) return fs.readFileSync(file, "utf8");
  throw new StagecraftError("file-not-found", `there is no file ${file}`);
}
