import type { ApprovalRequest } from "./approval.js";
import { bug } from "./errors.js";
import type { Event } from "./event.js";
import { pushTimer } from "./scope.js";
import type { Notice, RunState, StageState } from "./state.js";

/** What brings an open approval back to people's minds: telling them, reminding them, asking others too. */
type Nudge = Extract<Event, { type: "approvalReminded" | "approvalEscalated" | "approversNotified" }>;

/** The times and the first notice of an approval that has just begun to wait. */
export function beginNudges(
  state: RunState,
  stage: StageState,
  { remindEvery, escalate }: ApprovalRequest,
  at: number,
) {
  stage.nudges = { reminders: 0, remindAt: null, escalateAt: escalate?.at ?? null, unsaid: [] };
  if (escalate !== undefined) pushTimer(state, "escalate", escalate.at, stage);
  remindAfter(state, stage, remindEvery, at);
  tell(state, stage, "opened");
}

/** Takes a nudge into the state, in place. */
export function applyNudge(state: RunState, stage: StageState, event: Nudge): void {
  const { nudges, waiting } = stage;
  const approval = waiting?.approval;
  if (nudges === null || approval === undefined) throw bug(`${event.type} of ${stage.path}, which waits for no person`);
  switch (event.type) {
    case "approvalReminded":
      nudges.reminders = event.count;
      remindAfter(state, stage, approval.remindEvery, event.at);
      tell(state, stage, `reminder-${event.count}`);
      return;
    case "approvalEscalated": {
      const approvers = [...new Set([...approval.approvers, ...event.approvers])];
      nudges.escalateAt = null;
      stage.waiting = { ...waiting, approval: { ...approval, approvers } };
      tell(state, stage, "escalated");
      return;
    }
    case "approversNotified":
      nudges.unsaid = nudges.unsaid.filter((about) => about !== event.about);
  }
}

/** What follows from the time of a reminder or an escalation. */
export function nudgeDue(stage: StageState, kind: "remind" | "escalate", at: number): readonly Event[] {
  const { path, waiting, nudges } = stage;
  if (kind === "remind") return [{ type: "approvalReminded", at, stage: path, count: (nudges?.reminders ?? 0) + 1 }];
  const approvers = waiting?.approval?.escalate?.approvers ?? [];
  return [{ type: "approvalEscalated", at, stage: path, approvers }];
}

function remindAfter(state: RunState, stage: StageState, every: number | undefined, at: number): void {
  if (every === undefined || stage.nudges === null) return;
  stage.nudges.remindAt = at + every;
  pushTimer(state, "remind", at + every, stage);
}

/** Is this time still to come? One that led to its event has been followed by another, or by none. */
export function isLiveNudge({ status, nudges }: StageState, kind: "remind" | "escalate", at: number): boolean {
  return status === "waiting" && at === (kind === "remind" ? nudges?.remindAt : nudges?.escalateAt);
}

function tell(state: RunState, stage: StageState, about: string): void {
  if (stage.waiting?.approval?.notify === undefined) return;
  stage.nudges?.unsaid.push(about);
  state.notices.push({ stage, attempt: stage.attempts, about });
}

/** The next thing to tell somebody, once; after a crash again what is not recorded as told. */
export function takeNotice(state: RunState): Notice | undefined {
  for (;;) {
    const notice = state.notices.shift();
    if (notice === undefined || isPending(notice)) return notice;
  }
}

/** Does the wait go on that the notice is about, and has nobody been told? */
export function isPending({ stage, attempt, about }: Notice): boolean {
  return stage.status === "waiting" && stage.attempts === attempt && stage.nudges?.unsaid.includes(about) === true;
}
