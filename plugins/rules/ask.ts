import { type Json, type JsonObject, StageError, type StageResult } from "stagecraft/plugin";
import { decide } from "./hit.js";
import { evaluator, matchRows } from "./match.js";
import { readTable } from "./table.js";

/**
 * What a ruleset says of the facts, and why.
 * @param now milliseconds since the epoch @throws StageError `rules-invalid`, and what matching and deciding throw
 */
export function ask(name: string, ruleset: JsonObject, facts: Json, now: number): StageResult {
  const { table, findings } = readTable(ruleset);
  if (table === undefined) throw new StageError("rules-invalid", `ruleset ${name}: ${findings[0]?.message}`);
  const evaluate = evaluator(facts, now);
  const { columns, rows } = matchRows(table, evaluate);
  const decision = decide(table, rows, evaluate);
  const matched = decision.rows.map(({ number, note }) => ({ row: number, ...(note === undefined ? {} : { note }) }));
  const version = ruleset.version === undefined ? {} : { version: ruleset.version };
  return {
    outputs: decision.outputs,
    explain: { ruleset: name, ...version, hit: table.hit, columns, matched, usedDefault: decision.usedDefault },
  };
}

/** Numbers of a ruleset's rows. */
export function rowsOf(ruleset: JsonObject): readonly number[] {
  return readTable(ruleset).table?.rows.map(({ number }) => number) ?? [];
}
