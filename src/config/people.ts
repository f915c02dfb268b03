import type { Actor } from "../core/approval.js";
import type { Delegation, User } from "./file.js";

/** Who is who in a project, and who decides in whose place. */
export interface People {
  readonly users: ReadonlyMap<string, User>;
  readonly delegations: readonly Delegation[];
}

/** A configured user as they may act at `now`, milliseconds since the epoch. Undefined: there is no such user. */
export function actorOf({ users, delegations }: People, name: string, via: string, now: number): Actor | undefined {
  const user = users.get(name);
  if (user === undefined) return undefined;
  const actsFor = delegations
    .filter((delegation) => delegation.to === name && isInForce(delegation, now))
    .map(({ from }) => ({ user: from, roles: users.get(from)?.roles ?? [], groups: users.get(from)?.groups ?? [] }));
  return {
    user: name,
    roles: user.roles,
    groups: user.groups,
    via,
    ...(actsFor.length > 0 ? { actsFor } : {}),
  };
}

const DAY_MS = 86_400_000;

/** A day that `until` names is part of it to its end. */
function isInForce({ since, until }: Delegation, now: number): boolean {
  if (since !== undefined && now < Date.parse(since)) return false;
  if (until === undefined) return true;
  return now < Date.parse(until) + (until.includes("T") ? 0 : DAY_MS);
}
