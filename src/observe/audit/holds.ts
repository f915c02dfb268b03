import type { AuditEntry } from "../../core/audit.js";

/** A run of which nothing may be erased or thrown away. */
export interface Hold {
  readonly run: string;
  readonly by: string;
  readonly at: number;
  readonly reason: string;
}

/** Runs under hold: the last word of the trail about each counts. In order of time. */
export function holdsOf(trail: readonly AuditEntry[]): readonly Hold[] {
  const holds = new Map<string, Hold>();
  for (const { action, run, by, at, detail } of trail) {
    if (run === null || (action !== "held" && action !== "released")) continue;
    holds.delete(run);
    if (action === "held") holds.set(run, { run, by, at, reason: String(detail["reason"] ?? "") });
  }
  return [...holds.values()];
}
