import type { Actor } from "../../core/approval.js";

/** What a request may do: see, start and steer runs, decide approvals. */
export type Permission = "read" | "operate" | "decide";

export const ROLES = ["viewer", "operator", "approver", "admin"] as const;
export type Role = (typeof ROLES)[number];

const ALLOWED: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ["read"],
  operator: ["read", "operate"],
  approver: ["read", "decide"],
  admin: ["read", "operate", "decide"],
};

/** Who makes a request. The token says so, and nothing in the request itself. */
export interface Identity {
  readonly actor: Actor;
  readonly roles: readonly Role[];
}

export function permissionsOf({ roles }: Identity): ReadonlySet<Permission> {
  return new Set(roles.flatMap((role) => ALLOWED[role]));
}
