import type { RunView, StageView } from "../../app.js";
import { formatDuration } from "../../core/duration.js";
import type { Json } from "../../core/json.js";
import { bytesText } from "./bytes.js";
import { explainText } from "./explain.js";
import { count, dateOf, failure, queuedFor, waitingFor } from "./lines.js";
import { notableLines } from "./notable.js";
import { type Paint, paintStatus } from "./style.js";
import { type Column, shorten, table } from "./table.js";

/** How a run stands, in a few lines: for the end of `run` and `resume`. */
export function summaryOf({ run }: RunView, paint: Paint): string {
  const took = run.endedAt === null ? "" : ` in ${formatDuration(run.endedAt - run.createdAt)}`;
  const lines = [`${paint("bold", run.workflow)} ${paintStatus(paint, run.status)}${took}  ${paint("dim", run.id)}`];
  if (run.error) lines.push(`  ${paint("red", failure(run.error))}`);
  for (const [name, value] of Object.entries(run.outputs ?? {}))
    lines.push(`  ${paint("dim", `${name}:`)} ${show(value)}`);
  return lines.join("\n");
}

/** Everything `runs show` prints. */
export function detailsOf(view: RunView, paint: Paint, options: { readonly all: boolean }): string {
  const { run, inputs, stages, parent } = view;
  const facts: [string, string][] = [
    ["workflow", `${run.workflow} ${run.version}`],
    ["started", `${dateOf(run.createdAt)} by ${run.by}`],
    ...(parent === null ? [] : [["started by", `run ${parent.run}, stage ${parent.stage}`] as [string, string]]),
    ...(run.endedAt === null ? [] : [["ended", dateOf(run.endedAt)] as [string, string]]),
    ...(run.waitingFor === null ? [] : [["waits for", run.waitingFor] as [string, string]]),
    ...(run.priority === 0 ? [] : [["priority", String(run.priority)] as [string, string]]),
    ["inputs", shorten(show(inputs), 160)],
    ...(view.used === undefined ? [] : [["used", usedText(view.used)] as [string, string]]),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const head = facts.map(([name, value]) => `  ${paint("dim", name.padEnd(width))}  ${value}`);
  return [
    summaryOf(view, paint),
    "",
    ...head,
    ...notableLines(view).map((line) => `  ${paint("yellow", "!")} ${line}`),
    "",
    stageTable(nested(options.all ? stages : collapse(stages)), paint),
  ].join("\n");
}

function usedText({ cpuMs, peakRssBytes, loopDelayMs, isShared }: NonNullable<RunView["used"]>): string {
  const cpu = `${isShared ? "about " : ""}${formatDuration(cpuMs)} of processor time`;
  return `${cpu}, ${bytesText(peakRssBytes)} of memory, event loop at most ${formatDuration(loopDelayMs)} late`;
}

/** The provider of the answers, where it was not a language model. */
export function usesEmbedded(view: RunView): boolean {
  return view.stages.some(({ usage }) => usage?.provider === "embedded");
}

export const EMBEDDED_NOTE =
  "the agents' answers come from the embedded extractor: deterministic, and not a language model. " +
  "Set OPENAI_API_KEY to have a model answer.";

/** A value on one line: text as it is, everything else as JSON. */
export function show(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A stage, or so many items of a forEach stage told together. */
type Row = StageView & { readonly told?: string };

/** More items than this are told together. */
const MOST_ITEMS = 12;

function stageTable(stages: readonly Row[], paint: Paint): string {
  const columns: Column<Row>[] = [
    { title: "STAGE", cell: ({ path }) => path },
    { title: "OUTCOME", cell: (stage) => stage.told ?? paintStatus(paint, standingOf(stage)) },
    { title: "TRIES", cell: ({ attempts }) => (attempts > 0 ? String(attempts) : ""), align: "right" },
    { title: "TOOK", cell: tookOf, align: "right" },
    { title: "USES", cell: ({ uses }) => paint("dim", uses) },
    { title: "NOTE", cell: (stage) => shorten(noteOf(stage), 100) },
  ];
  return table(stages, columns, (head) => paint("dim", head));
}

/** What happened inside a stage right below it; what ran at the end last. */
function nested(stages: readonly Row[]): readonly Row[] {
  const places = new Map(stages.map(({ path }, at) => [path, at]));
  const key = ({ path }: Row): readonly number[] => {
    const parents = [...path.matchAll(/[/[#~]/g)].map(({ index }) => path.slice(0, index));
    const known = [...parents, path].map((step) => places.get(step)).filter((at) => at !== undefined);
    return path.startsWith("finally/") ? [Number.MAX_SAFE_INTEGER, ...known] : known;
  };
  return [...stages].sort((a, b) => compare(key(a), key(b)));
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? -1) - (b[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function collapse(stages: readonly StageView[]): readonly Row[] {
  const items = new Map<string, StageView[]>();
  for (const stage of stages) {
    const [, owner] = stage.path.match(/^(.*)\[\d+\]/) ?? [];
    if (owner !== undefined) items.set(owner, [...(items.get(owner) ?? []), stage]);
  }
  const many = new Map([...items].filter(([, list]) => list.length > MOST_ITEMS));
  const rows: Row[] = stages.filter(({ path }) => ![...many.keys()].some((owner) => path.startsWith(`${owner}[`)));
  for (const [owner, list] of many) {
    const counts = new Map<string, number>();
    for (const stage of list) counts.set(standingOf(stage), (counts.get(standingOf(stage)) ?? 0) + 1);
    const told = [...counts].map(([outcome, number]) => `${number} ${outcome}`).join(", ");
    const place = rows.findIndex(({ path }) => path === owner) + 1;
    rows.splice(place || rows.length, 0, {
      path: `${owner}[…]`,
      uses: list[0]?.uses ?? "",
      status: "ended",
      attempts: list.reduce((sum, { attempts }) => sum + attempts, 0),
      told: `${count(list.length, "instance")}: ${told}`,
    });
  }
  return rows;
}

/** `pending`, `running`, `waiting`, `held` for a person after a failure, or the outcome. */
export function standingOf({ outcome, status }: StageView): string {
  if (outcome !== undefined) return outcome;
  if (status === "waiting" || status === "held") return status;
  if (status === "queued") return "waiting";
  return status === "pending" || status === "ready" ? "pending" : "running";
}

function tookOf({ startedAt, endedAt }: StageView): string {
  return startedAt === undefined || endedAt === undefined ? "" : formatDuration(endedAt - startedAt);
}

function noteOf(stage: StageView): string {
  if (stage.error) return failure(stage.error);
  if (stage.outcome === undefined && stage.waiting) return waitingFor(stage.waiting);
  if (stage.queue !== undefined) return queuedFor(stage.queue);
  if (stage.started !== undefined) return `started run ${stage.started}`;
  return stage.explain === undefined ? "" : explainText(stage.explain);
}
