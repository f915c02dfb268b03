import type { Knex } from "knex";
import type { SpendingLimit } from "../../core/budget.js";
import type { Usage } from "../../core/event.js";
import type { Ledger, Reservation, Spending, SpendingFilter } from "../../engine/ports.js";
import { BELOW, dayOf, exceeded, nanosOf, type Sum, usdOf } from "../spending.js";
import type { Database, Queries } from "./database.js";

export function ledger(database: Database): Ledger {
  return {
    async reserve(entry, limits) {
      return database.write(async (queries) => {
        if (limits.length > 0) await queries.alone("spending");
        for (const limit of limits) {
          const refused = exceeded(limit, await sumOf(queries, limit, entry), entry);
          if (refused !== undefined) return refused;
        }
        const { id, run, workflow, stage, attempt, step, at, estimate } = entry;
        const { provider, model } = estimate;
        const row = { id, run, workflow, stage, attempt, step, at, day: dayOf(at), provider, model, settled: 0 };
        await queries.table("spending").insert({ ...row, ...usageColumns(estimate), estimated: 1 });
        return undefined;
      });
    },
    async settle(id, usage) {
      await database.write(async (queries) => {
        const row = await queries.table("spending").where({ id }).first();
        if (row === undefined) return;
        const { run, stage, step, attempt, nanos, price } = row;
        const { provider, model } = usage;
        const columns = { ...usageColumns(usage), ...(usage.usd === null ? { nanos, price } : {}) };
        await queries
          .table("spending")
          .where({ id })
          .update({ ...columns, provider, model, estimated: usage.estimated ? 1 : 0, settled: 1 });
        await queries
          .table("spending")
          .where({ run, stage, step, settled: 0 })
          .where("attempt", "<", attempt)
          .update({ ...columns, provider, model });
      });
    },
    async giveBack(id) {
      await database.write((queries) => queries.table("spending").where({ id }).delete());
    },
    async spending(filter) {
      const rows = await database.read((queries) => grouped(queries, filter));
      return rows.map(spendingOf);
    },
  };
}

function usageColumns({ inputTokens, outputTokens, usd, price }: Usage) {
  const tokens = { input_tokens: inputTokens, output_tokens: outputTokens };
  return { ...tokens, nanos: usd === null ? null : nanosOf(usd), price: usd === null ? null : (price ?? null) };
}

async function sumOf(queries: Queries, limit: SpendingLimit, entry: Reservation): Promise<Sum> {
  const query = queries.table("spending");
  const { run, workflow } = entry;
  if (limit.scope === "workflow") query.where({ workflow });
  else if (limit.scope === "day") query.where({ workflow, day: dayOf(entry.at) });
  else query.where({ run });
  if (limit.scope === "stage") within(query, limit.stage ?? "");
  const [row] = await query.sum({ nanos: "nanos", input: "input_tokens", output: "output_tokens" });
  // Sums of nothing are null, and of large numbers text in some databases.
  return { nanos: Number(row.nanos ?? 0), tokens: Number(row.input ?? 0) + Number(row.output ?? 0) };
}

/** The stage itself and all that is below it. */
function within(query: Knex.QueryBuilder, stage: string): void {
  const marked = BELOW.map((mark) => stage + mark);
  query.where((either) => {
    either
      .where({ stage })
      .orWhereRaw(`substr(stage, 1, ?) IN (${marked.map(() => "?").join(", ")})`, [stage.length + 1, ...marked]);
  });
}

const ORDER = ["workflow", "stage", "model", "day", "provider"];
const GROUP = [...ORDER, "price"];

function grouped(queries: Queries, { run, workflow, since }: SpendingFilter): Knex.QueryBuilder {
  const query = queries.table("spending").select(GROUP).groupBy(GROUP).orderBy(ORDER);
  if (run !== undefined) query.where({ run });
  if (workflow !== undefined) query.where({ workflow });
  if (since !== undefined) query.where("at", ">=", since);
  return query
    .count({ calls: "id", priced: "nanos" })
    .sum({ estimated: "estimated", input: "input_tokens", output: "output_tokens", nanos: "nanos" });
}

type Row = Record<"workflow" | "stage" | "model" | "day" | "provider", string> &
  Record<"price", string | null> &
  Record<"calls" | "priced" | "estimated" | "input" | "output" | "nanos", number | string | null>;

function spendingOf({ workflow, stage, provider, model, day, price, ...sums }: Row): Spending {
  const number = (name: keyof typeof sums) => Number(sums[name] ?? 0);
  return {
    ...{ workflow, stage, provider, model, day, price },
    calls: number("calls"),
    unpriced: number("calls") - number("priced"),
    estimated: number("estimated"),
    inputTokens: number("input"),
    outputTokens: number("output"),
    usd: usdOf(number("nanos")),
  };
}
