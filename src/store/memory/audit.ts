import { type AuditHead, auditHash, type KeptAuditEntry, NO_AUDIT, readDetail } from "../../core/audit.js";
import { type ChainRow, genesisOf, hashOfLink, leafOf, linkOf } from "../../core/chain.js";
import type { AuditStore } from "../../engine/ports.js";
import { sha256 } from "../digest.js";
import type { State } from "./state.js";

/** Nobody reaches into the memory of a process, so the chain is made when it is asked for: a commit an event. */
export function audit(state: State): AuditStore {
  const entries: KeptAuditEntry[] = [];
  const head = (): AuditHead => entries.at(-1) ?? NO_AUDIT;
  return {
    async readChain(run) {
      const held = state.runs.get(run);
      if (held === undefined) return undefined;
      const { definition } = held.row;
      let headHash = genesisOf(run, definition, sha256);
      const rows = held.journal.map(({ seq, event }): ChainRow => {
        const leaf = leafOf("", JSON.stringify(event), sha256);
        const link = linkOf(headHash, [leaf], sha256);
        headHash = hashOfLink(link);
        const stage = "stage" in event && event.stage !== undefined ? event.stage : null;
        return { seq, type: event.type, stage, leaf, link, isErased: false };
      });
      return { run, definition, headSeq: held.row.headSeq, headHash, rows };
    },
    async recordAudit(entry) {
      const detail = JSON.stringify(entry.detail);
      const hash = auditHash(head(), entry, detail, sha256);
      const seq = entries.length + 1;
      entries.push({ ...entry, detail, seq, hash });
      return { ...entry, seq, hash };
    },
    async readAudit({ run, since = 0 }) {
      return entries.filter((entry) => (run === undefined || entry.run === run) && entry.at >= since).map(readDetail);
    },
    async readTrail() {
      return { entries: [...entries], head: head() };
    },
    async isHeld(run) {
      const last = entries.findLast((entry) => entry.run === run && /^(held|released)$/.test(entry.action));
      return last?.action === "held";
    },
  };
}
