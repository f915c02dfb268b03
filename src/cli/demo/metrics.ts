import type { RunView } from "../../app.js";
import { formatDuration } from "../../core/duration.js";
import type { Usage } from "../../core/event.js";
import { usdText } from "../render/money.js";
import { standingOf } from "../render/run.js";
import { type Paint, paintStatus } from "../render/style.js";
import { type Column, table } from "../render/table.js";

/** What one run cost in time, tries and tokens. */
export interface Metrics {
  readonly label: string;
  readonly status: string;
  /** Milliseconds: until it ended, or until now. */
  readonly took: number;
  /** Stage instances that did something. */
  readonly stages: number;
  readonly tries: number;
  /** Ended stages that did their work, 0 to 1. */
  readonly success: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly estimated: boolean;
  /** Undefined: nothing was paid for; null: the price is not known. */
  readonly usd: number | null | undefined;
}

const FAILURES = ["failed", "cancelled"];

export function metricsOf({ run, stages }: RunView, label: string): Metrics {
  const done = stages.filter(({ outcome }) => outcome !== undefined && outcome !== "omitted" && outcome !== "skipped");
  const good = done.filter((stage) => !FAILURES.includes(standingOf(stage)));
  const usage = stages.map((stage) => stage.usage).filter((one): one is Usage => one !== undefined);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const prices = usage.map(({ usd }) => usd);
  return {
    label,
    status: run.status,
    took: (run.endedAt ?? run.updatedAt) - run.createdAt,
    stages: done.length,
    tries: sum(done.map(({ attempts }) => attempts)),
    success: done.length === 0 ? 1 : good.length / done.length,
    inputTokens: sum(usage.map(({ inputTokens }) => inputTokens)),
    outputTokens: sum(usage.map(({ outputTokens }) => outputTokens)),
    estimated: usage.some(({ estimated }) => estimated),
    usd: usage.length === 0 ? undefined : prices.includes(null) ? null : sum(prices.map((usd) => usd ?? 0)),
  };
}

export function metricsTable(rows: readonly Metrics[], paint: Paint): string {
  const tokens = (number: number, { estimated }: Metrics) => (number === 0 ? "" : `${estimated ? "~" : ""}${number}`);
  const columns: Column<Metrics>[] = [
    { title: "RUN", cell: ({ label }) => label },
    { title: "STATUS", cell: ({ status }) => paintStatus(paint, status) },
    { title: "TOOK", cell: ({ took }) => formatDuration(took), align: "right" },
    { title: "STAGES", cell: ({ stages }) => String(stages), align: "right" },
    { title: "TRIES", cell: ({ tries }) => String(tries), align: "right" },
    { title: "SUCCESS", cell: ({ success }) => `${Math.round(success * 100)} %`, align: "right" },
    { title: "TOKENS IN", cell: (row) => tokens(row.inputTokens, row), align: "right" },
    { title: "TOKENS OUT", cell: (row) => tokens(row.outputTokens, row), align: "right" },
    { title: "COST", cell: ({ usd }) => costText(usd), align: "right" },
  ];
  return table(rows, columns, (head) => paint("dim", head));
}

function costText(usd: number | null | undefined): string {
  if (usd === undefined) return "";
  return usd === null ? "unknown" : usdText(usd);
}
