import { type Actor, judge } from "../../core/approval.js";
import { StagecraftError } from "../../core/errors.js";
import type { ApprovalRow } from "../../engine/ports.js";
import { approvalDocument } from "../../observe/documents.js";
import type { ServedProject } from "../ports.js";
import { type Route, route } from "../route.js";
import { Approval, ApprovalList } from "../schema/documents.js";
import { Decide, ListApprovals } from "../schema/requests.js";

const tag = "approvals";

const list = route({
  method: "get",
  path: "/approvals",
  id: "listApprovals",
  summary: "What waits for people, the oldest first; with a status, what was settled how.",
  tag,
  needs: "read",
  query: ListApprovals,
  answers: { 200: { description: "all of them", schema: ApprovalList } },
  async handle({ query: { status = "open", run }, by }, { project }) {
    const rows = await (await project.store()).listApprovals({
      ...(status !== "all" && { status: [status] }),
      ...(run !== undefined && { run: (await project.findRun(run)).id }),
    });
    const present = await presentActor(project, by.actor);
    return { body: { items: rows.map((row) => documentFor(row, present)) } };
  },
});

const show = route({
  method: "get",
  path: "/approvals/{approval}",
  id: "showApproval",
  summary: "One approval with its evidence and the decisions so far.",
  tag,
  needs: "read",
  answers: { 200: { description: "the approval", schema: Approval } },
  async handle({ param, by }, { project }) {
    const row = await project.findApproval(param("approval"));
    return { body: documentFor(row, await presentActor(project, by.actor)) };
  },
});

const decide = route({
  method: "post",
  path: "/approvals/{approval}/decision",
  id: "decideApproval",
  summary: "Decide, as the one whose token this is. Durable when it answers.",
  tag,
  needs: "decide",
  body: Decide,
  answers: { 200: { description: "the approval with the decision", schema: Approval } },
  async handle({ param, body: { outcome, comment, data }, by }, { project }) {
    const row = await project.decide(param("approval"), {
      by: by.actor,
      outcome,
      ...(comment !== undefined && comment !== "" && { comment }),
      ...(data !== undefined && { data }),
    });
    project.nudge();
    return { body: documentFor(row, await presentActor(project, by.actor)) };
  },
});

/** Where nobody can say who this is, nothing is theirs to decide; deciding would say why. */
async function presentActor(project: ServedProject, actor: Actor): Promise<Actor | undefined> {
  try {
    return await project.whoIs(actor);
  } catch (error) {
    if (error instanceof StagecraftError) return undefined;
    throw error;
  }
}

function documentFor(row: ApprovalRow, actor: Actor | undefined) {
  const { request, decisions, status } = row;
  const [outcome = "approved"] = request.outcomes;
  const mine = actor !== undefined && status === "open" && judge(request, decisions, actor, outcome).accepted;
  return { ...approvalDocument(row), mine };
}

export const approvalRoutes: readonly Route[] = [list, show, decide];
