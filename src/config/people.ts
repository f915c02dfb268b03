import type { Actor } from "../core/approval.js";
import type { Delegation, User } from "./file.js";

/** Who is who in a project, and who decides in whose place. */
export interface People {
  readonly users: ReadonlyMap<string, User>;
  readonly delegations: readonly Delegation[];
}

/** In whose place somebody may decide at `now`, milliseconds since the epoch. */
export function standsInFor(
  { delegations }: Pick<People, "delegations">,
  name: string,
  now: number,
): readonly string[] {
  return delegations.filter((one) => one.to === name && isInForce(one, now)).map(({ from }) => from);
}

/** A configured user as they may act at `now`, milliseconds since the epoch. Undefined: there is no such user. */
export function actorOf(people: People, name: string, via: string, now: number): Actor | undefined {
  const { users } = people;
  const user = users.get(name);
  if (user === undefined) return undefined;
  const actsFor = standsInFor(people, name, now).map((from) => ({
    user: from,
    roles: users.get(from)?.roles ?? [],
    groups: users.get(from)?.groups ?? [],
  }));
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
