import { compileExpression, type Json, type JsonObject, StageError, toJson } from "stagecraft/plugin";
import type { Evaluator } from "./match.js";
import type { OutputColumn, Row, Table } from "./model.js";

/** What a table decided: its outputs, and the rows they came from, the decisive one first. */
export interface Decision {
  readonly outputs: JsonObject;
  readonly rows: readonly Row[];
  /** No row matched, and the table's default answered. */
  readonly usedDefault: boolean;
}

interface Candidate {
  readonly row: Row;
  readonly answer: JsonObject;
}

/**
 * What the matching rows come to under the table's hit policy, as DMN has it. No row: the default, else null for every
 * column, an empty list, or a count of 0.
 * @throws StageError `rules-overlap` (unique, several rows), `rules-conflict` (any, different answers), `rules-output`
 */
export function decide(table: Table, rows: readonly Row[], evaluate: Evaluator): Decision {
  if (table.hit === "unique" && rows.length > 1) {
    const numbers = rows.map((row) => row.number);
    throw new StageError("rules-overlap", `rows ${numbers.join(", ")} match, and \`hit: unique\` allows one`, {
      details: { matched: numbers },
    });
  }
  const candidates = rows.map((row) => ({ row, answer: answerOf(table, row, `row ${row.number}`, evaluate) }));
  const ordered = isByPriority(table) ? byPriority(table, candidates) : candidates;
  const matched = ordered.map(({ row }) => row.number);
  const answers = ordered.map(({ answer }) => answer);
  if (ordered.length > 0 || table.fallback === undefined) {
    return {
      outputs: { ...combine(table, answers), matched },
      rows: ordered.map(({ row }) => row),
      usedDefault: false,
    };
  }
  const fallback = answerOf(table, { answer: table.fallback }, "default", evaluate);
  return { outputs: { ...(listsRows(table) ? { rows: [fallback] } : fallback), matched }, rows: [], usedDefault: true };
}

/** True where a table answers with a list of rows rather than one. */
export function listsRows(table: Table): boolean {
  return table.hit === "ruleOrder" || table.hit === "outputOrder" || (table.hit === "collect" && !table.aggregate);
}

function combine(table: Table, answers: readonly JsonObject[]): JsonObject {
  if (listsRows(table)) return { rows: answers };
  if (table.aggregate !== undefined) return aggregate(table, answers);
  return (table.hit === "any" ? agreed(answers) : answers[0]) ?? nothing(table);
}

function aggregate(table: Table, answers: readonly JsonObject[]): JsonObject {
  const column = (table.outputs[0] as OutputColumn).name;
  const values = answers.map((answer) => answer[column] as Json);
  if (table.aggregate === "count") return { [column]: new Set(values.map(canonical)).size };
  if (values.length === 0) return { [column]: null };
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length < values.length) {
    throw new StageError("rules-output", `${table.aggregate} needs numbers in column ${column}`);
  }
  if (table.aggregate === "sum") return { [column]: sum(numbers) };
  const better = table.aggregate === "min" ? Math.min : Math.max;
  return { [column]: numbers.reduce((a, b) => better(a, b)) };
}

/** By the language's own `sum`, which is exact in decimals. */
function sum(numbers: readonly number[]): Json {
  const { expression } = compileExpression("sum(numbers)");
  return toJson(expression?.evaluate((name) => (name === "numbers" ? numbers : undefined), { now: 0 }) ?? null);
}

function agreed(answers: readonly JsonObject[]): JsonObject | undefined {
  const [first, ...rest] = answers;
  if (first === undefined || rest.every((answer) => canonical(answer) === canonical(first))) return first;
  throw new StageError(
    "rules-conflict",
    "the rows that match give different answers, and `hit: any` needs them equal",
    {
      details: { answers },
    },
  );
}

function nothing(table: Table): JsonObject {
  return Object.fromEntries(table.outputs.map((output) => [output.name, null]));
}

function isByPriority(table: Table): boolean {
  return table.hit === "priority" || table.hit === "outputOrder";
}

/** By the first listed column, then the next; rows that tie keep their order. */
function byPriority(table: Table, candidates: readonly Candidate[]): readonly Candidate[] {
  const columns = table.outputs.filter((output) => output.priority !== undefined);
  const rank = ({ answer }: Candidate) =>
    columns.map((output) => (output.priority as readonly Json[]).indexOf(answer[output.name] as Json));
  const ranked = candidates.map((candidate) => ({ candidate, ranks: rank(candidate) }));
  ranked.sort((a, b) => {
    const at = a.ranks.findIndex((value, index) => value !== b.ranks[index]);
    return at < 0 ? 0 : (a.ranks[at] as number) - (b.ranks[at] as number);
  });
  return ranked.map(({ candidate }) => candidate);
}

function answerOf(table: Table, row: Pick<Row, "answer">, where: string, evaluate: Evaluator): JsonObject {
  const answer = evaluate.answer(row, where);
  if (row.answer.constant) return answer;
  for (const output of table.outputs) {
    const complaint = output.refuse(answer[output.name] as Json);
    if (complaint !== undefined) throw new StageError("rules-output", `${where}, column ${output.name}: ${complaint}`);
  }
  return answer;
}

/** Equal values give equal text, whatever the order of their keys. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_key, part) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
