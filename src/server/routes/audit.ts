import { actDocument } from "../../observe/documents.js";
import { type Route, route } from "../route.js";
import { ActPage, HoldList, Proof } from "../schema/audit.js";
import { ListActs, Nothing, OfRun } from "../schema/requests.js";

const tag = "audit";

const list = route({
  method: "get",
  path: "/audit",
  id: "listActs",
  summary: "Who did what and when, the newest first: decisions, refusals, agent calls, holds, exports.",
  tag,
  needs: "read",
  query: ListActs,
  answers: { 200: { description: "one page", schema: ActPage } },
  async handle({ query: { run, since, who, engine = true, after, limit = 50 } }, { project }) {
    const filter = {
      ...(run !== undefined && { run }),
      ...(since !== undefined && { since: Date.parse(since) }),
      ...(who !== undefined && { who }),
    };
    const { items, next } = await project.audit.page(filter, { ...(after !== undefined && { after }), limit, engine });
    return { body: { items: items.map(actDocument), next } };
  },
});

const holds = route({
  method: "get",
  path: "/audit/holds",
  id: "listHolds",
  summary: "Runs under legal hold: who put them there, when and why.",
  tag,
  needs: "read",
  query: Nothing,
  answers: { 200: { description: "all of them", schema: HoldList } },
  async handle(_, { project }) {
    const items = await project.audit.holds();
    return { body: { items: items.map((hold) => ({ ...hold, at: new Date(hold.at).toISOString() })) } };
  },
});

const verify = route({
  method: "get",
  path: "/audit/proof",
  id: "verifyAudit",
  summary:
    "Are journals and trail what was written? Reads all of them, or one run's; names each row that does not fit.",
  tag,
  needs: "read",
  query: OfRun,
  answers: { 200: { description: "what was found", schema: Proof } },
  async handle({ query: { run } }, { project }) {
    const { runs, events, faults } = await project.audit.verify(run);
    return { body: { proven: faults.length === 0, runs, events, faults: faults.map((fault) => ({ ...fault })) } };
  },
});

export const auditRoutes: readonly Route[] = [list, holds, verify];
