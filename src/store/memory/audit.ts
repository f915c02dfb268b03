import {
  type AuditEntry,
  type AuditHead,
  auditHash,
  type NewAuditEntry,
  NO_AUDIT,
  readDetail,
} from "../../core/audit.js";
import { type ChainRow, genesisOf, hashOfLink, leafOf, linkOf } from "../../core/chain.js";
import { eraseDecision, eraseEvent, eraseFailure, eraseRequest } from "../../core/erase.js";
import type { AuditStore } from "../../engine/ports.js";
import { sha256 } from "../digest.js";
import { refuseErasure } from "../rules.js";
import { heldRun, type State } from "./state.js";

export function appendAudit({ trail }: State, entry: NewAuditEntry): AuditEntry {
  const detail = JSON.stringify(entry.detail);
  const hash = auditHash(trail.at(-1) ?? NO_AUDIT, entry, detail, sha256);
  const seq = trail.length + 1;
  trail.push({ ...entry, detail, seq, hash });
  return { ...entry, seq, hash };
}

export function isUnderHold({ trail }: State, run: string): boolean {
  const last = trail.findLast((entry) => entry.run === run && /^(held|released)$/.test(entry.action));
  return last?.action === "held";
}

/** Nobody reaches into the memory of a process, so the chain is made when it is asked for: a commit an event. */
export function audit(state: State): AuditStore {
  const entries = state.trail;
  const head = (): AuditHead => entries.at(-1) ?? NO_AUDIT;
  const append = (entry: NewAuditEntry) => appendAudit(state, entry);
  return {
    async readChain(run) {
      const held = state.runs.get(run);
      if (held === undefined) return undefined;
      const { definition } = held.row;
      let headHash = genesisOf(run, sha256);
      const rows = held.journal.map(({ seq, event }): ChainRow => {
        const leaf = leafOf("", JSON.stringify(event), sha256);
        const link = linkOf(headHash, [leaf], sha256);
        headHash = hashOfLink(link);
        const stage = "stage" in event && event.stage !== undefined ? event.stage : null;
        return { seq, type: event.type, stage, leaf, link, left: null };
      });
      return { run, definition, headSeq: held.row.headSeq, headHash, rows };
    },
    recordAudit: async (entry) => append(entry),
    async readAudit({ run, since = 0 }) {
      return entries.filter((entry) => (run === undefined || entry.run === run) && entry.at >= since).map(readDetail);
    },
    async readTrail() {
      return { entries: [...entries], head: head() };
    },
    async eraseRun(run, by, reason, at) {
      const held = heldRun(state, run);
      refuseErasure(run, { isEnded: held.row.endedAt !== null, isHeld: isUnderHold(state, run) });
      for (const [place, { seq, event }] of held.journal.entries()) {
        held.journal[place] = { seq, event: eraseEvent(event) };
      }
      const { error } = held.row;
      const nothing = { outputs: null, idempotencyKey: null, error: error && eraseFailure(error) };
      held.row = { ...held.row, ...nothing };
      held.inbox.splice(0);
      delete held.snapshot;
      state.dataKeys.delete(run);
      for (const row of state.approvals.values()) {
        if (row.run !== run) continue;
        const decisions = row.decisions.map(eraseDecision);
        state.approvals.set(row.id, { ...row, request: eraseRequest(row.request), decisions });
      }
      append({ at, action: "erased", by, run, detail: { reason, events: held.journal.length } });
      return held.journal.length;
    },
    isHeld: async (run) => isUnderHold(state, run),
  };
}
