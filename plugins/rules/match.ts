import {
  type Expression,
  ExpressionError,
  type Json,
  type JsonObject,
  StageError,
  toJson,
  type Value,
} from "stagecraft/plugin";
import { refusal } from "./columns.js";
import type { Row, Table } from "./model.js";
import { type Scalar, scalarOfValue } from "./scalar.js";

/** One look at a table: what its columns held, and the rows that match, in file order. */
export interface Match {
  readonly columns: JsonObject;
  readonly rows: readonly Row[];
}

/** Evaluates a ruleset's expressions over the facts. Every fault of theirs is a StageError that says where. */
export interface Evaluator {
  expression(expression: Expression, where: string): Value;
  answer(row: Pick<Row, "answer">, where: string): JsonObject;
}

export function evaluator(facts: Json, now: number): Evaluator {
  const names = (name: string) => (name === "facts" ? facts : undefined);
  const guard = <T>(where: string, evaluate: () => T): T => {
    try {
      return evaluate();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw new StageError("expression-error", `${where}: ${error.message}`, { details: { code: error.code } });
    }
  };
  return {
    expression: (expression, where) => guard(where, () => expression.evaluate(names, { now })),
    answer: (row, where) => guard(where, () => row.answer.evaluate(names, { now }) as JsonObject),
  };
}

/** @throws StageError `rules-input` when a column's value is of the wrong kind or outside its schema, `expression-error` */
export function matchRows(table: Table, evaluate: Evaluator): Match {
  const columns: Record<string, Json> = {};
  const values = table.inputs.map((column): Scalar => {
    const value = evaluate.expression(column.expression, `column ${column.name}`);
    columns[column.name] = toJson(value);
    const scalar = scalarOfValue(value, column.kind);
    const complaint = refusal(column, scalar);
    if (complaint === undefined) return scalar as Scalar;
    const got = JSON.stringify(columns[column.name]);
    throw new StageError("rules-input", `column ${column.name}: ${complaint}, got ${got}`);
  });
  const rows: Row[] = [];
  for (const row of table.rows) {
    if (!row.tests.every((test, index) => test(values[index] as Scalar) === true) || !conditionHolds(row, evaluate))
      continue;
    rows.push(row);
    if (table.hit === "first") break;
  }
  return { columns, rows };
}

function conditionHolds(row: Row, evaluate: Evaluator): boolean {
  if (row.when === undefined) return true;
  const where = `row ${row.number}, when`;
  const holds = evaluate.expression(row.when, where);
  if (typeof holds === "boolean") return holds;
  throw new StageError("expression-error", `${where}: expected true or false, got ${JSON.stringify(toJson(holds))}`);
}
