import { formatDuration } from "../../core/duration.js";
import type { Event, StagePath } from "../../core/event.js";
import type { Plan } from "../../core/plan.js";
import { failure, queuedFor, waitingFor } from "./lines.js";

/** How one stage of the outermost graph stands while a run is being driven. */
export interface StageProgress {
  readonly id: string;
  readonly uses: string;
  /** Undefined: not begun. `running`, `waiting`, then the outcome. */
  status?: string;
  /** What is worth knowing now: the retry, the count of items, what it waits for. */
  note: string;
  /** What it says of itself while it runs, such as the answer so far. */
  said?: string | undefined;
  startedAt?: number;
  items?: number;
  itemsEnded: number;
  /** When the last item ended. */
  itemEndedAt?: number;
}

/** A view of one run for people, folded from the events as they come. */
export interface Progress {
  readonly label: string;
  readonly stages: readonly StageProgress[];
  readonly status: string;
  see(event: Event): void;
  hear(path: StagePath, message: string): void;
}

export function createProgress(plan: Plan, label: string): Progress {
  const { graph, finally: last } = plan.workflow;
  const blank = (id: string, uses: string): StageProgress => ({ id, uses, note: "", itemsEnded: 0 });
  const stages = [
    ...graph.stages.map(({ id, uses }) => blank(id, uses)),
    ...(last?.stages ?? []).map(({ id, uses }) => blank(`finally/${id}`, uses)),
  ];
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  let status = "running";
  const stageOf = (path: StagePath) => byId.get(outermost(path));
  return {
    label,
    stages,
    get status() {
      return status;
    },
    see(event) {
      if (event.type === "runEnded") status = event.status;
      if (event.type === "runPaused") status = "paused";
      if (event.type === "runResumed") status = "running";
      if (!("stage" in event) || event.stage === undefined) return;
      const stage = stageOf(event.stage);
      if (!stage) return;
      stage.said = undefined;
      if (event.stage === stage.id) seeStage(stage, event);
      else if (event.type === "stageEnded" && /^[^/]+\]$/.test(event.stage)) seeItem(stage, event.at);
    },
    hear(path, message) {
      const stage = stageOf(path);
      if (stage) stage.said = message;
    },
  };
}

/** `checks` of `checks/sanctions`, `load` of `load[3]`, `finally/audit` of itself. */
function outermost(path: StagePath): string {
  return path.match(/^(?:finally\/)?[^/[#~]+/)?.[0] ?? path;
}

function seeItem(stage: StageProgress, at: number): void {
  stage.itemsEnded += 1;
  stage.itemEndedAt = at;
  stage.note = `${stage.itemsEnded}/${stage.items ?? "?"}`;
}

function seeStage(stage: StageProgress, event: Event): void {
  switch (event.type) {
    case "stageStarted":
    case "scopeOpened":
      stage.status = "running";
      stage.startedAt ??= event.at;
      if (event.type === "scopeOpened" && event.items) {
        stage.items = event.items.length;
        stage.note = `0/${stage.items}`;
      } else stage.note = event.attempt > 1 ? `attempt ${event.attempt}` : "";
      break;
    case "stageQueued":
      stage.status = "waiting";
      stage.note = queuedFor(event.for);
      break;
    case "stageWaiting":
      stage.status = "waiting";
      stage.startedAt ??= event.at;
      stage.note = waitingFor(event.waiting);
      break;
    case "attemptFailed":
      stage.note = `${failure(event.error)}${event.retryAt ? `, again in ${formatDuration(event.retryAt - event.at)}` : ""}`;
      break;
    case "stageEnded":
      stage.status = event.outcome;
      stage.note = event.error ? failure(event.error) : took(stage, event.at);
      break;
    default:
  }
}

/** Milliseconds until the last item, if the rest go as those before; undefined where nothing is known of it. */
export function timeLeft({ startedAt, items, itemsEnded, itemEndedAt }: StageProgress): number | undefined {
  if (startedAt === undefined || items === undefined || itemEndedAt === undefined || itemsEnded >= items)
    return undefined;
  return ((itemEndedAt - startedAt) / itemsEnded) * (items - itemsEnded);
}

function took(stage: StageProgress, at: number): string {
  return stage.startedAt === undefined ? "" : formatDuration(at - stage.startedAt);
}
