import type { StatsReport } from "../../app.js";
import { formatDuration } from "../../core/duration.js";
import { bytesText } from "./bytes.js";
import { usdText } from "./money.js";
import type { Paint } from "./style.js";
import { type Column, table } from "./table.js";

type Counts = StatsReport["total"];
type Row = Counts & { readonly workflow: string };

const BAR_WIDTH = 20;

/** A row a workflow with how its runs ended as a bar, then one a stage type, then one a model. */
export function statsText(report: StatsReport, paint: Paint): string {
  const { total, workflows, stageTypes, models } = report;
  const rows = workflows.length > 1 ? [...workflows, { ...total, workflow: "all" }] : workflows;
  const most = Math.max(...workflows.map(({ runs }) => runs));
  const head = (text: string) => paint("dim", text);
  const tables = [table(rows, workflowColumns(most, paint), head), table(stageTypes, STAGE_COLUMNS, head)];
  const measured = rows.flatMap(({ workflow, resources }) => (resources === null ? [] : { workflow, ...resources }));
  if (measured.length > 0) tables.push(table(measured, RESOURCE_COLUMNS, head));
  if (models.length > 0) tables.push(table(models, MODEL_COLUMNS, head));
  return tables.join("\n\n");
}

function workflowColumns(most: number, paint: Paint): Column<Row>[] {
  return [
    { title: "WORKFLOW", cell: ({ workflow }) => workflow },
    { title: "RUNS", cell: ({ runs }) => String(runs), align: "right" },
    { title: "ENDED", cell: (row) => bar(row, most, paint) },
    { title: "SUCCESS", cell: ({ successRate: rate }) => (rate === null ? "" : percent(rate)), align: "right" },
    { title: "P50", cell: ({ p50Ms }) => spanText(p50Ms), align: "right" },
    { title: "P95", cell: ({ p95Ms }) => spanText(p95Ms), align: "right" },
    { title: "RETRIES", cell: ({ retries }) => String(retries), align: "right" },
    { title: "APPROVAL", cell: ({ approvalP50Ms }) => spanText(approvalP50Ms), align: "right" },
    { title: "TOKENS", cell: (row) => String(row.inputTokens + row.outputTokens), align: "right" },
    { title: "COST", cell: (row) => `${row.unpricedCalls > 0 ? "≥" : ""}${usdText(row.usd)}`, align: "right" },
  ];
}

const STAGE_COLUMNS: readonly Column<StatsReport["stageTypes"][number]>[] = [
  { title: "STAGE TYPE", cell: ({ uses }) => uses },
  { title: "STAGES", cell: ({ stages }) => String(stages), align: "right" },
  { title: "FAILED", cell: ({ failed }) => String(failed), align: "right" },
  { title: "RETRIES", cell: ({ retries }) => String(retries), align: "right" },
  { title: "P50", cell: ({ p50Ms }) => spanText(p50Ms), align: "right" },
  { title: "P95", cell: ({ p95Ms }) => spanText(p95Ms), align: "right" },
];

type Measured = NonNullable<Counts["resources"]> & { readonly workflow: string };

/** Of runs that were driven beside others, processor time is shared out by their events. */
const RESOURCE_COLUMNS: readonly Column<Measured>[] = [
  { title: "PROCESS", cell: ({ workflow }) => workflow },
  { title: "MEASURED", cell: ({ runs }) => String(runs), align: "right" },
  { title: "CPU", cell: ({ cpuMs, shared }) => `${shared > 0 ? "≈" : ""}${formatDuration(cpuMs)}`, align: "right" },
  { title: "CPU/RUN", cell: ({ cpuMs, runs }) => formatDuration(cpuMs / runs), align: "right" },
  { title: "MEMORY", cell: ({ peakRssBytes }) => bytesText(peakRssBytes), align: "right" },
  { title: "LOOP DELAY", cell: ({ loopDelayMs }) => formatDuration(loopDelayMs), align: "right" },
];

const MODEL_COLUMNS: readonly Column<StatsReport["models"][number]>[] = [
  { title: "MODEL", cell: ({ provider, model }) => `${provider}/${model}` },
  { title: "CALLS", cell: ({ calls }) => String(calls), align: "right" },
  { title: "TOKENS IN", cell: ({ inputTokens }) => String(inputTokens), align: "right" },
  { title: "TOKENS OUT", cell: ({ outputTokens }) => String(outputTokens), align: "right" },
  {
    title: "COST",
    cell: ({ usd, unpriced, calls }) => (unpriced === calls ? "unknown" : usdText(usd)),
    align: "right",
  },
];

/** As long as the workflow is busy: what succeeded, failed, and neither. */
function bar({ runs, succeeded, failed, workflow }: Row, most: number, paint: Paint): string {
  if (workflow === "all" && runs > most) return "";
  const places = (count: number) => Math.round((count / most) * BAR_WIDTH);
  const good = places(succeeded);
  const bad = Math.max(failed > 0 ? 1 : 0, places(failed));
  const rest = Math.max(0, places(runs) - good - bad);
  return paint("green", "█".repeat(good)) + paint("red", "▓".repeat(bad)) + paint("dim", "░".repeat(rest));
}

const CSV_COLUMNS = [
  "workflow",
  "runs",
  "succeeded",
  "failed",
  "cancelled",
  "open",
  "successRate",
  "p50Ms",
  "p95Ms",
  "attempts",
  "retries",
  "approvals",
  "approvalP50Ms",
  "inputTokens",
  "outputTokens",
  "usd",
  "unpricedCalls",
] as const satisfies readonly (keyof Row)[];

const RESOURCE_CSV = ["cpuMs", "peakRssBytes", "loopDelayMs"] as const;

/** RFC 4180; names of workflows need no quotes. Empty where no run counts. */
export function statsCsv({ workflows }: StatsReport): string {
  const rows = workflows.map((row) =>
    [
      ...CSV_COLUMNS.map((column) => String(row[column] ?? "")),
      ...RESOURCE_CSV.map((column) => String(row.resources?.[column] ?? "")),
    ].join(","),
  );
  return [[...CSV_COLUMNS, ...RESOURCE_CSV].join(","), ...rows].join("\n");
}

function spanText(ms: number | null): string {
  return ms === null ? "" : formatDuration(Math.round(ms));
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
