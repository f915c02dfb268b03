import { type Json, type JsonObject, StageError, type StageResult } from "stagecraft/plugin";
import { decide } from "./hit.js";
import { evaluator, matchRows } from "./match.js";
import { readTable } from "./table.js";
import { choose, versionsOf, type Wanted } from "./versions.js";

/** When it is asked, and which of the ruleset's versions. */
export interface Asking extends Wanted {
  /** Milliseconds since the epoch: what the table's expressions take for now. */
  readonly now: number;
  /** Milliseconds since the epoch: which version is in force then counts where none is wanted. */
  readonly start: number;
}

/**
 * What a ruleset says of the facts, and why.
 * @throws StageError `rules-invalid`, `rules-version`, and what matching and deciding throw
 */
export function ask(name: string, ruleset: JsonObject, facts: Json, asking: Asking): StageResult {
  const chosen = choose(name, ruleset, asking, asking.start);
  const { table, findings } = readTable(chosen.ruleset);
  if (table === undefined) throw new StageError("rules-invalid", `ruleset ${name}: ${findings[0]?.message}`);
  const evaluate = evaluator(facts, asking.now);
  const { columns, rows } = matchRows(table, evaluate);
  const decision = decide(table, rows, evaluate);
  const matched = decision.rows.map(({ number, note }) => ({ row: number, ...(note === undefined ? {} : { note }) }));
  const version = chosen.version === undefined ? {} : { version: chosen.version };
  return {
    outputs: decision.outputs,
    explain: { ruleset: name, ...version, hit: table.hit, columns, matched, usedDefault: decision.usedDefault },
  };
}

/** Numbers of the rows of the version that is asked. */
export function rowsOf(ruleset: JsonObject, wanted: string | undefined): readonly number[] {
  const chosen = versionsOf(ruleset).find(({ version }) => version === wanted);
  return chosen === undefined ? [] : (readTable(chosen.ruleset).table?.rows.map(({ number }) => number) ?? []);
}
