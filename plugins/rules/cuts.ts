import type { Cut } from "stagecraft/plugin";
import { operandsOf } from "./cell.js";
import type { InputColumn, Table } from "./model.js";

const PLAIN = /^facts(\.[A-Za-z_]\w*)+$/;

/** Which facts a table looks at, and what its cells compare them with; undefined where it computes with them as well. */
export function cutsOf(table: Table): readonly Cut[] | undefined {
  const { rows, fallback, inputs } = table;
  if (fallback?.constant === false || rows.some(({ when, answer }) => when !== undefined || !answer.constant)) {
    return undefined;
  }
  const cuts = inputs.map((column, index) => cutOf(column, table, index));
  return cuts.every((cut) => cut !== undefined) ? cuts : undefined;
}

function cutOf({ expression, kind, domain }: InputColumn, { rows }: Table, index: number): Cut | undefined {
  const source = expression.source.trim();
  if (!PLAIN.test(source) || kind === "time" || kind === "duration") return undefined;
  const operands = rows.flatMap(({ cells }) => [...operandsOf(cells[index] as (typeof cells)[number])]);
  if (operands.some(({ operand, ordered }) => ordered && typeof operand !== "number")) return undefined;
  const values = [...operands.map(({ operand }) => operand), ...domain.bounds, ...(domain.values ?? [])];
  return { path: source.split("."), values: [...new Set(values)] };
}
