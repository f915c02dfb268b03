import { type Actor, type Decision, judge, peopleOf } from "../core/approval.js";
import { StagecraftError } from "../core/errors.js";
import type { Event } from "../core/event.js";
import type { JsonObject, JsonSchema } from "../core/json.js";
import { distinctFault, hasDistinct } from "../core/policy.js";
import { explainFaults } from "../definition/index.js";
import type { ApprovalRow, Store } from "../engine/ports.js";
import type { Redactions } from "../engine/redact.js";
import { marksOf } from "../engine/redact-marks.js";
import { redactionsOf } from "../engine/redacted-run.js";
import { loadState } from "../engine/snapshots.js";
import type { WhoIs } from "./directory.js";
import { sha256 } from "./host.js";
import { findRun, stateOf } from "./runs.js";

export interface DecideOptions {
  readonly by: Actor;
  readonly outcome: string;
  readonly comment?: string;
  readonly data?: JsonObject;
  /** Hash of what the decider was shown; refused where that is not what is shown now. */
  readonly saw?: string;
}

/** What a decider sees of it, as a hash. */
export function shownHash({ request }: ApprovalRow): string {
  const { title, message = null, show = null } = request;
  return sha256(JSON.stringify({ title, message, show }));
}

/** By id or unique prefix. @throws StagecraftError `unknown-approval`, `ambiguous-approval` */
export async function findApproval(store: Store, idPrefix: string): Promise<ApprovalRow> {
  const rows = idPrefix === "" ? [] : await store.listApprovals({ idPrefix });
  const [row] = rows.filter(({ id }) => id === idPrefix).concat(rows);
  if (row === undefined) {
    throw new StagecraftError("unknown-approval", `there is no approval ${idPrefix}`, {
      help: "stagecraft approvals ls",
    });
  }
  if (row.id !== idPrefix && rows.length > 1) {
    const ids = rows.map(({ id }) => id).join(", ");
    throw new StagecraftError("ambiguous-approval", `${idPrefix} may be ${ids}`, { help: "type more of the id" });
  }
  return row;
}

/**
 * Records one person's decision, durable when this returns. Of two at the same time one wins, and the other is judged
 * again by what is there then.
 * @throws StagecraftError `shown-changed`, `already-decided`, `approval-expired`, `not-entitled`, `forbidden`, `policy-distinct` of kind denied;
 * `unknown-outcome`, `invalid-form`, and what `whoIs` throws
 */
export async function decide(
  store: Store,
  id: string,
  options: DecideOptions,
  now: () => number,
  whoIs: WhoIs = async (actor) => actor,
): Promise<ApprovalRow> {
  for (;;) {
    const row = await findApproval(store, id);
    const { decision, settled, listed } = await entitled(store, row, options, now(), whoIs);
    if (await store.decideApproval(row, decision, settled, listed)) return findApproval(store, row.id);
  }
}

/** What is refused is kept in the audit trail: an attempt is worth knowing of. */
async function entitled(store: Store, row: ApprovalRow, options: DecideOptions, at: number, whoIs: WhoIs) {
  try {
    const hidden = await hiddenOf(store, row, options, at);
    const judged = judgeRow(row, { ...options, by: await whoIs(options.by) }, at, hidden?.redactions);
    await checkDistinct(store, row, peopleOf(judged.decision));
    const { decision } = judged;
    return { ...judged, listed: hidden?.redactions.hideDecision(decision, hidden.paths) ?? decision };
  } catch (error) {
    if (error instanceof StagecraftError && (error.kind === "denied" || error.code === "directory-unavailable")) {
      const { by, outcome } = options;
      const detail = { approval: row.id, stage: row.stage, outcome, via: by.via, code: error.code };
      await store.recordAudit({ at, action: "decisionRefused", by: by.user, run: row.run, detail });
    }
    throw error;
  }
}

function judgeRow(
  row: ApprovalRow,
  options: DecideOptions,
  at: number,
  redactions: Redactions | undefined,
): { decision: Decision; settled: string | undefined } {
  const { by, outcome, comment, data } = options;
  if (row.status !== "open") throw over(row);
  // Whoever drives its run may not have noticed yet: a yes that comes too late is none.
  if (row.expiresAt !== null && at >= row.expiresAt) throw tooLate(row, row.expiresAt);
  const saw = shownHash(row);
  if (options.saw !== undefined && options.saw !== saw) {
    throw denied("shown-changed", "what is shown now is not what this decision is about");
  }
  // Who may decide is judged by the names themselves, and told without those that are redacted.
  const asked = redactions === undefined ? row.request : redactions.openRequest(row.request);
  const verdict = judge(asked, row.decisions, by, outcome);
  if (!verdict.accepted) {
    const reason = redactions?.hide(verdict.reason) ?? verdict.reason;
    if (verdict.code !== "unknown-outcome")
      throw denied(verdict.code, reason, verdict.code === "not-entitled" ? WHO_IS_WHO : undefined);
    throw new StagecraftError(verdict.code, reason);
  }
  const { form } = asked;
  const fault = form === undefined || (outcome !== "approved" && !data) ? undefined : explainFaults(form, data ?? {});
  if (fault !== undefined) {
    throw new StagecraftError("invalid-form", `the form is not filled as asked: ${redactions?.hide(fault) ?? fault}`, {
      help: `give its fields with --data, as in --data ${firstField(row.request.form)}=…`,
    });
  }
  const decision: Decision = {
    by: by.user,
    ...(verdict.onBehalfOf !== undefined && { onBehalfOf: verdict.onBehalfOf }),
    via: by.via,
    at,
    outcome,
    saw,
    ...(comment !== undefined && { comment }),
    ...(data !== undefined && { data }),
  };
  return { decision, settled: verdict.settled };
}

function firstField(form: JsonSchema | undefined): string {
  const [field = "field"] = Object.keys((form?.["properties"] as JsonObject | undefined) ?? {});
  return field;
}

/**
 * With all that its journal and this decision say of redacted values, and the paths of a decision that are redacted;
 * undefined where the run redacts nothing.
 */
async function hiddenOf(store: Store, { run: id, stage: path }: ApprovalRow, options: DecideOptions, at: number) {
  const run = await findRun(store, id);
  const definition = await store.getDefinition(run.definition);
  if (definition === undefined) return undefined;
  const redactions = await redactionsOf(store, definition.plan, id);
  if (redactions === undefined) return undefined;
  const { state } = await loadState(store, id, definition, run.headSeq, redactions.open);
  const { by, outcome, comment, data } = options;
  const said = {
    by: by.user,
    via: by.via,
    at,
    outcome,
    ...(comment !== undefined && { comment }),
    ...(data && { data }),
  };
  const made: Event = { type: "decisionMade", at, stage: path, decision: said };
  const marks = marksOf(definition.plan, state.stages.get(path)?.plan, made);
  redactions.learn(made, marks);
  return { redactions, paths: marks["decision"] ?? [] };
}

/** What a policy says about who acts where, looking also at decisions the run has not taken in yet. */
async function checkDistinct(store: Store, row: ApprovalRow, users: readonly string[]): Promise<void> {
  const run = await findRun(store, row.run);
  const definition = await store.getDefinition(run.definition);
  if (definition === undefined || !hasDistinct(definition)) return;
  const state = await stateOf(store, run);
  const stage = state.stages.get(row.stage);
  if (stage === undefined) return;
  const rows = await store.listApprovals({ run: row.run });
  const decidersOf = (path: string) =>
    rows.filter((other) => other.stage === path).flatMap(({ decisions }) => decisions.flatMap(peopleOf));
  const [breach] = users.flatMap((user) => distinctFault(state, stage, user, decidersOf) ?? []);
  if (breach !== undefined) throw denied(breach.code, breach.message);
}

function over(row: ApprovalRow): StagecraftError {
  const last = row.decisions.at(-1);
  if (row.outcome === "expired") return tooLate(row, row.expiresAt ?? row.settledAt ?? 0);
  if (row.status !== "decided") {
    return denied("already-decided", "this is closed: its run went on or ended before it was decided", showRun(row));
  }
  return denied("already-decided", `this was ${row.outcome} already${last ? ` by ${last.by}` : ""}`, showRun(row));
}

function tooLate(row: ApprovalRow, at: number): StagecraftError {
  const message = `this expired at ${new Date(at).toISOString()}: nothing can be decided any more`;
  return denied("approval-expired", message, showRun(row));
}

const showRun = ({ run }: ApprovalRow) => `stagecraft runs show ${run}`;

function denied(code: string, message: string, help?: string): StagecraftError {
  return new StagecraftError(code, message, { kind: "denied", ...(help !== undefined && { help }) });
}

const WHO_IS_WHO =
  "`identities: { users: { dana: { roles: [manager] } } }` in stagecraft.config.yaml says who has which role; --as dana acts as dana";
