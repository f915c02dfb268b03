import type { Json, JsonObject, JsonSchema } from "./json.js";

/** Who acts. Entitlement looks at all three; the journal keeps `user` and `via`. */
export interface Actor {
  readonly user: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  /** How they came: `cli`, `http`, `link`, `test`. */
  readonly via: string;
}

/** What a stage asks people to decide. Part of the journal and of the approvals list. */
export interface ApprovalRequest {
  readonly title: string;
  readonly message?: string;
  /** What the decider is shown; its hash goes into the decision. */
  readonly show?: Json;
  /** `user`, `role:x`, `group:x`. */
  readonly approvers: readonly string[];
  /** Users who may not decide, whatever their roles. */
  readonly forbid: readonly string[];
  readonly quorum: { readonly approve: number; readonly reject: number };
  /** Outcomes a person may choose: `approved`, `rejected`, and what the definition adds. */
  readonly outcomes: readonly string[];
  readonly form?: JsonSchema;
}

/** One person's word, as recorded. */
export interface Decision {
  readonly by: string;
  readonly via: string;
  readonly at: number;
  readonly outcome: string;
  readonly comment?: string;
  readonly data?: JsonObject;
  /** sha256 of what was shown, hex. */
  readonly saw?: string;
}

export type Verdict =
  | { readonly accepted: true; readonly settled?: string }
  | {
      readonly accepted: false;
      readonly code: "not-entitled" | "forbidden" | "already-decided" | "unknown-outcome";
      readonly reason: string;
    };

/** May `actor` add `outcome` to `decisions`, and does that settle the request? Form data is validated by the caller. */
export function judge(
  request: ApprovalRequest,
  decisions: readonly Decision[],
  actor: Actor,
  outcome: string,
): Verdict {
  if (request.forbid.includes(actor.user)) {
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
  const earlier = decisions.find((decision) => decision.by === actor.user);
  if (earlier) return refuse("already-decided", `${actor.user} already decided ${earlier.outcome}`);
  if (!request.outcomes.includes(outcome)) {
    return refuse("unknown-outcome", `${outcome} is not one of ${request.outcomes.join(", ")}`);
  }
  const settled = settle(request, [...decisions, { by: actor.user, via: actor.via, at: 0, outcome }]);
  return settled === undefined ? { accepted: true } : { accepted: true, settled };
}

/** The outcome the decisions amount to, or undefined while the quorum is open. */
export function settle(request: ApprovalRequest, decisions: readonly Decision[]): string | undefined {
  for (const outcome of request.outcomes) {
    const count = decisions.filter((decision) => decision.outcome === outcome).length;
    const needed = outcome === "approved" ? request.quorum.approve : request.quorum.reject;
    if (count >= needed) return outcome;
  }
  return undefined;
}

function matches(wanted: string, actor: Actor): boolean {
  if (wanted.startsWith("role:")) return actor.roles.includes(wanted.slice(5));
  if (wanted.startsWith("group:")) return actor.groups.includes(wanted.slice(6));
  return wanted === actor.user;
}

function refuse(code: Extract<Verdict, { accepted: false }>["code"], reason: string): Verdict {
  return { accepted: false, code, reason };
}
