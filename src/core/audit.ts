import type { ChainFault, Sha256 } from "./chain.js";
import type { Json, JsonObject } from "./json.js";

/** What happens around runs and is no event of one. */
export type AuditAction =
  | "decisionRefused"
  | "decided"
  | "linkMade"
  | "held"
  | "released"
  | "exported"
  | "erased"
  | "keysRotated"
  | "pruned";

/** One entry of the audit trail: a chain of its own, over all runs. */
export interface AuditEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly at: number;
  readonly action: AuditAction;
  /** Who. */
  readonly by: string;
  readonly run: string | null;
  readonly detail: JsonObject;
  readonly hash: string;
}

export type NewAuditEntry = Omit<AuditEntry, "seq" | "hash">;

/** Where the trail says that it ends. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

export const NO_AUDIT: AuditHead = { seq: 0, hash: "" };

/** @param detail as it is kept */
export function auditHash(
  before: AuditHead,
  entry: Omit<NewAuditEntry, "detail">,
  detail: string,
  sha256: Sha256,
): string {
  const { at, action, by, run } = entry;
  return sha256(`${before.hash}\n${JSON.stringify([before.seq + 1, at, action, by, run])}\n${detail}`);
}

/** An entry as it is kept, its detail unread. */
export interface KeptAuditEntry extends Omit<AuditEntry, "detail"> {
  readonly detail: string;
}

export function readDetail({ detail, ...entry }: KeptAuditEntry): AuditEntry {
  return { ...entry, detail: JSON.parse(detail) as Json as JsonObject };
}

/** Everything in the trail that does not follow from what is before it. */
export function verifyAudit(
  entries: readonly KeptAuditEntry[],
  head: AuditHead,
  sha256: Sha256,
): readonly ChainFault[] {
  const faults: ChainFault[] = [];
  const fault = (seq: number, kind: ChainFault["kind"], what: string) =>
    void faults.push({ run: null, seq, kind, what: `audit trail: ${what}` });
  let before = NO_AUDIT;
  for (const entry of entries) {
    for (let seq = before.seq + 1; seq < entry.seq; seq++) fault(seq, "removed", `entry ${seq} is missing`);
    const isGap = entry.seq !== before.seq + 1;
    const hash = auditHash(before, entry, entry.detail, sha256);
    if (!isGap && hash !== entry.hash)
      fault(entry.seq, "changed", `entry ${entry.seq}, ${entry.action} by ${entry.by}`);
    before = entry;
  }
  for (let seq = before.seq + 1; seq <= head.seq; seq++) fault(seq, "removed", `entry ${seq} is missing`);
  if (before.seq > head.seq) fault(before.seq, "added", `entry ${before.seq} stands behind the trail's end`);
  if (faults.length === 0 && before.hash !== head.hash) fault(head.seq, "changed", "the record of its last entry");
  return faults;
}
