import type { Json, JsonObject, JsonSchema } from "./json.js";

/** Who acts. Entitlement looks at all three; the journal keeps `user` and `via`. */
export interface Actor extends Person {
  /** How they came: `cli`, `http`, `link`, `test`. */
  readonly via: string;
  /** Whom they may decide for now. */
  readonly actsFor?: readonly Person[];
}

interface Person {
  readonly user: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
}

/** What a stage asks people to decide. Part of the journal and of the approvals list. */
export interface ApprovalRequest {
  readonly title: string;
  readonly message?: string;
  /** What the decider is shown; its hash goes into the decision. */
  readonly show?: Json;
  /** `user`, `role:x`, `group:x`. */
  readonly approvers: readonly string[];
  /** Who may not decide, whatever else they are: `user`, `role:x`, `group:x`. */
  readonly forbid: readonly string[];
  /** `approve` people settle it `approved`; `reject` people settle any other outcome, further ones included. */
  readonly quorum: { readonly approve: number; readonly reject: number };
  /** Outcomes a person may choose: `approved`, `rejected`, and what the definition adds. */
  readonly outcomes: readonly string[];
  readonly form?: JsonSchema;
  /** Milliseconds between two reminders while it is open. */
  readonly remindEvery?: number;
  /** From `at` on, milliseconds since the epoch, these may decide too. */
  readonly escalate?: { readonly at: number; readonly approvers: readonly string[] };
  /** The channel that tells the approvers: a name of the project's `notify`, or a notifier. */
  readonly notify?: string;
}

/** One person's word, as recorded. */
export interface Decision {
  readonly by: string;
  /** Whose place they took. */
  readonly onBehalfOf?: string;
  readonly via: string;
  readonly at: number;
  readonly outcome: string;
  readonly comment?: string;
  readonly data?: JsonObject;
  /** sha256 of what was shown, hex. */
  readonly saw?: string;
}

export type Verdict =
  | { readonly accepted: true; readonly settled?: string; readonly onBehalfOf?: string }
  | {
      readonly accepted: false;
      readonly code: "not-entitled" | "forbidden" | "already-decided" | "unknown-outcome";
      readonly reason: string;
    };

/** What a settled approval hands to the stages after it. `by`, `comment` and `data` are of the decision that settled it. */
export interface ApprovalOutputs extends JsonObject {
  readonly outcome: string;
  readonly by: string | null;
  readonly comment: string | null;
  readonly data: JsonObject | null;
  readonly decisions: readonly JsonObject[];
}

/**
 * May `actor` add `outcome` to `decisions`, and does that settle the request? Form data is validated by the caller.
 * Whoever may not decide for themselves may do so in another's place: then neither of the two may be forbidden, and
 * neither may have decided.
 */
export function judge(
  request: ApprovalRequest,
  decisions: readonly Decision[],
  actor: Actor,
  outcome: string,
): Verdict {
  const own = judgeOne(request, decisions, actor, outcome);
  if (own.accepted || own.code !== "not-entitled") return own;
  let refused: Verdict = own;
  for (const person of actor.actsFor ?? []) {
    const verdict = judgeOne(request, decisions, { ...person, via: actor.via }, outcome);
    if (verdict.accepted) {
      const earlier = decisionOf(decisions, actor.user);
      if (earlier) return refuse("already-decided", `${actor.user} already decided ${earlier.outcome}`);
      return { ...verdict, onBehalfOf: person.user };
    }
    if (verdict.code !== "not-entitled") refused = verdict;
  }
  return refused;
}

function decisionOf(decisions: readonly Decision[], user: string): Decision | undefined {
  return decisions.find((decision) => peopleOf(decision).some((other) => samePerson(other, user)));
}

function judgeOne(request: ApprovalRequest, decisions: readonly Decision[], actor: Actor, outcome: string): Verdict {
  if (request.forbid.some((refused) => samePerson(plain(refused), actor.user) || matches(refused, actor))) {
    return refuse("forbidden", `${actor.user} may not decide this: segregation of duties`);
  }
  if (!request.approvers.some((wanted) => matches(wanted, actor))) {
    return refuse("not-entitled", `${actor.user} is not among the approvers (${request.approvers.join(", ")})`);
  }
  const settledBefore = settle(request, decisions);
  if (settledBefore !== undefined) {
    const last = decisions.at(-1);
    return refuse("already-decided", `already ${settledBefore}${last ? ` by ${last.by}` : ""}`);
  }
  const earlier = decisionOf(decisions, actor.user);
  if (earlier) return refuse("already-decided", `${actor.user} already decided ${earlier.outcome}`);
  if (!request.outcomes.includes(outcome)) {
    return refuse("unknown-outcome", `${outcome} is not one of ${request.outcomes.join(", ")}`);
  }
  const settled = settle(request, [...decisions, { by: actor.user, via: actor.via, at: 0, outcome }]);
  return settled === undefined ? { accepted: true } : { accepted: true, settled };
}

/**
 * The outcome the decisions amount to, or undefined while the quorum is open: the first outcome, in the order people
 * decided, to reach its quorum. Later decisions change nothing.
 *
 * It says nothing sooner than that. Where two must approve and two must reject, one rejection among three approvers
 * still leaves both ways open; and where so many rejected that the rest could no longer approve, the request stays open
 * until the reject quorum is full or it expires. Who holds a role is not known here, so "can no longer" is never certain.
 */
export function settle(request: ApprovalRequest, decisions: readonly Decision[]): string | undefined {
  return settledBy(request, decisions)?.outcome;
}

/** Outputs of an approval that ended with `outcome`; for one that expired, no decision settled it. */
export function approvalOutputs(
  request: ApprovalRequest,
  decisions: readonly Decision[],
  outcome: string,
): ApprovalOutputs {
  const decisive = settledBy(request, decisions);
  return {
    outcome,
    by: decisive?.by ?? null,
    comment: decisive?.comment ?? null,
    data: decisive?.data ?? null,
    decisions: decisions.map(({ by, onBehalfOf, at, outcome, comment, data }) => ({
      by,
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
      at: new Date(at).toISOString(),
      outcome,
      ...(comment === undefined ? {} : { comment }),
      ...(data === undefined ? {} : { data }),
    })),
  };
}

function settledBy(request: ApprovalRequest, decisions: readonly Decision[]): Decision | undefined {
  const counts = new Map<string, number>();
  for (const decision of decisions) {
    if (!request.outcomes.includes(decision.outcome)) continue;
    const count = (counts.get(decision.outcome) ?? 0) + 1;
    counts.set(decision.outcome, count);
    const needed = decision.outcome === "approved" ? request.quorum.approve : request.quorum.reject;
    if (count >= needed) return decision;
  }
  return undefined;
}

/** Whoever decided, and in whose place: what holds for one holds for both. */
export function peopleOf({ by, onBehalfOf }: Pick<Decision, "by" | "onBehalfOf">): readonly string[] {
  return onBehalfOf === undefined ? [by] : [by, onBehalfOf];
}

/** Refusals err on the safe side: `Ann@example.org` is ann@example.org. Entitlement stays exact. */
export function samePerson(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** Approvers are not named so; where an expression keeps out `user:ann`, ann is out. */
function plain(refused: string): string {
  return refused.replace(/^\s*user\s*:/i, "");
}

function matches(wanted: string, actor: Actor): boolean {
  if (wanted.startsWith("role:")) return actor.roles.includes(wanted.slice(5));
  if (wanted.startsWith("group:")) return actor.groups.includes(wanted.slice(6));
  return wanted === actor.user;
}

function refuse(code: Extract<Verdict, { accepted: false }>["code"], reason: string): Verdict {
  return { accepted: false, code, reason };
}
