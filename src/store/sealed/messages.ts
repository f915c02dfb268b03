import type { Decision } from "../../core/approval.js";
import { opened, sealDecision, sealed, sealedText, sealRequest } from "../../core/sealed.js";
import type { ApprovalRow, InboxBody, Store } from "../../engine/ports.js";
import { checkBody, decisionBody } from "../rules.js";
import type { DataKeys } from "./data-keys.js";
import { SEALED_FOR_ALL, type Seal } from "./seal.js";

type Part = Pick<Store, "post" | "inbox" | "listApprovals" | "decideApproval">;

/** What comes from outside the lease holder, and what people are asked. */
export function messages(behind: Store, keys: DataKeys): Part {
  return {
    async post(run, body, at) {
      checkBody(body);
      const seal = await keys.of(run);
      await behind.post(run, seal === undefined ? body : sealBody(body, seal), at);
    },
    async inbox(run) {
      const found = await behind.inbox(run);
      if (found.length === 0) return found;
      return Promise.all(found.map(async (message) => ({ ...message, body: await openBody(keys, run, message.body) })));
    },
    async listApprovals(filter) {
      const rows = await behind.listApprovals(filter);
      await keys.load(rows.map(({ run }) => run));
      return Promise.all(rows.map(async (row) => openApproval(row, await keys.of(row.run))));
    },
    async decideApproval(row, decision, settled, listed = decision) {
      checkBody(decisionBody(row, decision));
      const seal = await keys.of(row.run);
      const kept = (one: Decision) => (seal === undefined ? one : sealDecision(one, seal.seal));
      return behind.decideApproval(row, kept(decision), settled, kept(listed));
    },
  };
}

export function sealApproval(row: ApprovalRow, { seal }: Seal): ApprovalRow {
  const decisions = row.decisions.map((decision) => sealDecision(decision, seal));
  return { ...row, request: sealRequest(row.request, seal), decisions };
}

function openApproval(row: ApprovalRow, seal: Seal | undefined): ApprovalRow {
  if (seal === undefined) return row;
  const decisions = row.decisions.map((decision) => opened(decision, seal.open));
  return { ...row, request: opened(row.request, seal.open), decisions };
}

/** Only what it is about stays readable: who asked for what is in the journal when it was heard. */
function sealBody(body: InboxBody, { seal }: Seal): InboxBody {
  if (body.type === "decision") return { ...body, decision: sealDecision(body.decision, seal) };
  const left = body.type === "event" ? { ...body, data: null } : { type: body.type };
  return sealed(body, left as InboxBody, seal);
}

/** An event that another run said is sealed for all runs: its reader need not have a key of its own. */
async function openBody(keys: DataKeys, run: string, body: InboxBody): Promise<InboxBody> {
  const isForAll = sealedText(body)?.startsWith(SEALED_FOR_ALL) === true;
  const seal = isForAll ? await keys.shared() : await keys.of(run);
  if (seal === undefined) return body;
  return body.type === "decision" ? { ...body, decision: opened(body.decision, seal.open) } : opened(body, seal.open);
}
