import type { ApprovalFilter, ApprovalRow, InboxBody, Store } from "../../engine/ports.js";
import { checkBody, decisionBody, unknownApproval } from "../rules.js";
import { heldRun, type State } from "./state.js";

type Part = Pick<Store, "post" | "inbox" | "listApprovals" | "decideApproval" | "expireApproval">;

/** What comes from outside the lease holder: messages and decisions. */
export function people(state: State): Part {
  const post = (run: string, body: InboxBody, at: number) => {
    const held = heldRun(state, run);
    checkBody(body);
    state.messages += 1;
    held.inbox.push({ id: state.messages, run, at, body });
  };
  return {
    async post(run, body, at) {
      post(run, body, at);
    },
    async inbox(run) {
      return [...(state.runs.get(run)?.inbox ?? [])];
    },
    async listApprovals(filter) {
      return [...state.approvals.values()].filter((row) => wanted(row, filter)).sort((a, b) => a.openedAt - b.openedAt);
    },
    async decideApproval({ id, version }, decision, settled, listed = decision) {
      const row = state.approvals.get(id);
      if (row?.status !== "open" || row.version !== version) return false;
      post(row.run, decisionBody(row, decision), decision.at);
      const decisions = [...row.decisions, listed];
      const end = settled === undefined ? {} : { status: "decided" as const, outcome: settled, settledAt: decision.at };
      state.approvals.set(id, { ...row, decisions, version: version + 1, ...end });
      return true;
    },
    async expireApproval(id, at) {
      const row = state.approvals.get(id);
      if (!row) throw unknownApproval(id);
      if (row.status !== "open") return row.status === "expired";
      const version = row.version + 1;
      state.approvals.set(id, { ...row, status: "expired", outcome: "expired", settledAt: at, version });
      return true;
    },
  };
}

function wanted(row: ApprovalRow, filter: ApprovalFilter): boolean {
  return (
    (filter.run === undefined || row.run === filter.run) &&
    (filter.status === undefined || filter.status.includes(row.status)) &&
    (filter.idPrefix === undefined || row.id.startsWith(filter.idPrefix))
  );
}
