import type { Event, StagePath, Usage } from "../../core/event.js";
import { isObject, type Json } from "../../core/json.js";
import type { RunState, StageState } from "../../core/state.js";
import { placeOf, spanId } from "./ids.js";

/** Something of a run that is over. Times are milliseconds since the epoch. It holds no inputs, outputs or messages. */
export interface SpanFact {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: "internal" | "server" | "client";
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** The code of what went wrong. */
  readonly fault?: string;
}

/** When what is under way began, by what it is: what this process does not know is taken from the run's state. */
export type Starts = Map<string, number>;

/** The spans that end with an event which is on disk. */
export function spansOf(state: RunState, event: Event, starts: Starts): readonly SpanFact[] {
  const stage = "stage" in event && event.stage !== undefined ? state.stages.get(event.stage) : undefined;
  switch (event.type) {
    case "stageStarted":
      starts.set(attemptKey(event.stage, event.attempt), event.at);
      return [];
    case "attemptFailed":
    case "attemptLost": {
      if (stage === undefined) return [];
      const fault = event.type === "attemptFailed" ? event.error.code : "lost";
      return [attemptSpan(state, stage, event.attempt, event.at, starts, fault)];
    }
    case "stepRecorded":
      return stage === undefined ? [] : [stepSpan(state, stage, event, starts)];
    case "stageEnded":
      return stage === undefined ? [] : stageSpans(state, stage, event, starts);
    case "runEnded":
      return [runSpan(state, event)];
    default:
      return [];
  }
}

export function attemptId(run: string, stage: StagePath, attempt: number): string {
  return spanId(run, attemptKey(stage, attempt));
}

export function stepKey(stage: StagePath, key: string): string {
  return `step ${stage} ${key}`;
}

function attemptKey(stage: StagePath, attempt: number): string {
  return `attempt ${stage} ${attempt}`;
}

function runSpan(state: RunState, { status, error, at }: Extract<Event, { type: "runEnded" }>): SpanFact {
  const { workflow } = state.frame;
  const { traceId, parent } = placeOf(state);
  const isFailed = status === "failed" || status === "rollbackFailed";
  return {
    traceId,
    spanId: spanId(state.id, "run"),
    ...(parent !== undefined && { parentSpanId: parent }),
    name: `run ${workflow.id}`,
    kind: "server",
    startedAt: state.startedAt,
    endedAt: at,
    attributes: {
      ...aboutRun(state),
      "stagecraft.run.status": status,
      "stagecraft.workflow.version": workflow.version,
    },
    ...(isFailed && { fault: error?.code ?? status }),
  };
}

/** Of a stage that began, with the attempt its end belongs to. */
function stageSpans(
  state: RunState,
  stage: StageState,
  { at, outcome, error }: Extract<Event, { type: "stageEnded" }>,
  starts: Starts,
): readonly SpanFact[] {
  if (stage.startedAt === null) return [];
  const fault = error?.code ?? (outcome === "failed" ? "failed" : undefined);
  const isAttempted = starts.has(attemptKey(stage.path, stage.attempts));
  const attempt = isAttempted ? [attemptSpan(state, stage, stage.attempts, at, starts, fault)] : [];
  const span: SpanFact = {
    traceId: placeOf(state).traceId,
    spanId: stageId(state, stage),
    parentSpanId: parentOf(state, stage),
    name: `stage ${plainPath(stage.path)}`,
    kind: "internal",
    startedAt: stage.startedAt,
    endedAt: at,
    attributes: { ...aboutStage(state, stage), "stagecraft.stage.outcome": outcome },
    ...(fault !== undefined && { fault }),
  };
  return [...attempt, span];
}

function attemptSpan(
  state: RunState,
  stage: StageState,
  attempt: number,
  endedAt: number,
  starts: Starts,
  fault: string | undefined,
): SpanFact {
  const key = attemptKey(stage.path, attempt);
  const startedAt = starts.get(key) ?? stage.startedAt ?? endedAt;
  starts.delete(key);
  return {
    traceId: placeOf(state).traceId,
    spanId: spanId(state.id, key),
    parentSpanId: stageId(state, stage),
    name: `attempt ${plainPath(stage.path)}`,
    kind: "internal",
    startedAt,
    endedAt,
    attributes: { ...aboutStage(state, stage), "stagecraft.attempt": attempt },
    ...(fault !== undefined && { fault }),
  };
}

function stepSpan(
  state: RunState,
  stage: StageState,
  { key, at, usage, value }: Extract<Event, { type: "stepRecorded" }>,
  starts: Starts,
): SpanFact {
  const begun = stepKey(stage.path, key);
  const attempt = attemptKey(stage.path, stage.attempts);
  const startedAt = starts.get(begun) ?? starts.get(attempt) ?? at;
  starts.delete(begun);
  const told = usage === undefined ? toolCall(stage, key, value) : modelCall(usage);
  return {
    traceId: placeOf(state).traceId,
    spanId: spanId(state.id, `${begun} ${stage.attempts}`),
    parentSpanId: spanId(state.id, attempt),
    kind: "client",
    startedAt,
    endedAt: at,
    ...told,
    attributes: { ...aboutStage(state, stage), "stagecraft.step": key, ...told.attributes },
  };
}

type Told = Pick<SpanFact, "name" | "attributes" | "fault">;

/** https://opentelemetry.io/docs/specs/semconv/gen-ai: what was asked and answered is not told. */
function modelCall({ provider, model, inputTokens, outputTokens, usd }: Usage): Told {
  return {
    name: `chat ${model}`,
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": provider,
      "gen_ai.request.model": model,
      "gen_ai.usage.input_tokens": inputTokens,
      "gen_ai.usage.output_tokens": outputTokens,
      ...(usd !== null && { "stagecraft.usd": usd }),
    },
  };
}

/** A recorded step that used no tokens: a tool of an agent, or something of a stage type's own. */
function toolCall({ records }: StageState, key: string, value: Json): Told {
  const [, prefix = "", turn, index] = /^(.*\/)?tool-(\d+)-(\d+)$/.exec(key) ?? [];
  if (turn === undefined) return { name: "step", attributes: {} };
  const reply = records?.get(`${prefix}turn-${turn}`);
  const calls = isObject(reply) && Array.isArray(reply["toolCalls"]) ? reply["toolCalls"] : [];
  const call: unknown = calls[Number(index) - 1];
  const name = isObject(call as Json) ? String((call as { name?: Json }).name ?? "") : "";
  const isFault = isObject(value) && value["error"] !== undefined;
  return {
    name: `execute_tool ${name}`.trim(),
    attributes: { "gen_ai.operation.name": "execute_tool", ...(name !== "" && { "gen_ai.tool.name": name }) },
    ...(isFault && { fault: "tool-failed" }),
  };
}

function aboutRun({ id, frame }: RunState): SpanFact["attributes"] {
  return { "stagecraft.run": id, "stagecraft.workflow": frame.workflow.id };
}

function aboutStage(state: RunState, { path, plan }: StageState): SpanFact["attributes"] {
  return { ...aboutRun(state), "stagecraft.stage": path, "stagecraft.stage.type": plan.uses };
}

function stageId({ id }: RunState, { path }: StageState): string {
  return spanId(id, `stage ${path}`);
}

/** The stage it is an item, an iteration or a part of; else the run. */
function parentOf(state: RunState, { parent, scope }: StageState): string {
  const above = parent ?? scope.owner;
  return above === null ? spanId(state.id, "run") : stageId(state, above);
}

/** Names are few: `load[3]/check#2` is `load/check`. */
function plainPath(path: StagePath): string {
  return path.replace(/\[\d+\]|#\d+|~\d+/g, "");
}
