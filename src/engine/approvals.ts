import type { Event } from "../core/event.js";
import { outcomesOf } from "../core/items.js";
import type { RunState, StageState } from "../core/state.js";
import type { ApprovalRow } from "./ports.js";

/** Short enough to type, and the same after every restart: it names one wait of one stage of one run. */
export function approvalId(sha256: (text: string) => string, run: string, stage: StageState): string {
  const digest = sha256(`${run}/${stage.path}/${stage.attempts}`);
  return `a${BigInt(`0x${digest.slice(0, 15)}`)
    .toString(36)
    .padStart(11, "0")
    .slice(0, 11)}`;
}

/** The row other processes see, for a stage that has just begun to wait for a person. */
export function approvalRow(id: string, state: RunState, stage: StageState, at: number): ApprovalRow | undefined {
  const request = stage.waiting?.approval;
  if (request === undefined) return undefined;
  return {
    id,
    run: state.id,
    workflow: state.frame.workflow.id,
    stage: stage.path,
    request,
    status: "open",
    decisions: [],
    outcome: null,
    openedAt: at,
    expiresAt: stage.waiting?.timers?.[0]?.at ?? null,
    settledAt: null,
    version: 0,
  };
}

/** Does this event end a wait for a person without that person: a cancel, a time-out? */
export function closesApproval(event: Event, stage: StageState | undefined): boolean {
  if (stage?.waiting?.approval === undefined) return false;
  if (event.type !== "stageEnded" && event.type !== "attemptFailed") return false;
  return event.type === "attemptFailed" || !outcomesOf(stage).includes(event.outcome);
}
