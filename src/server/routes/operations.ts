import { type Route, route } from "../route.js";
import { Health } from "../schema/documents.js";
import { Metrics } from "../schema/metrics.js";
import { MetricsSince } from "../schema/requests.js";

const tag = "operations";
const MONTH_MS = 30 * 24 * 60 * 60 * 1_000;

const health = route({
  method: "get",
  path: "/health",
  id: "health",
  summary: "The process answers.",
  tag,
  needs: null,
  answers: { 200: { description: "it does", schema: Health } },
  handle: async () => ({ body: { status: "ok" } }),
});

const ready = route({
  method: "get",
  path: "/ready",
  id: "ready",
  summary: "The store answers, and the server is not closing.",
  tag,
  needs: null,
  answers: { 200: { description: "send requests", schema: Health }, 503: { description: "do not", schema: Health } },
  async handle(_, { project, closing }) {
    const isUp = await project
      .store()
      .then((store) => store.listRuns({ limit: 1 }))
      .then(() => !closing.aborted)
      .catch(() => false);
    return { status: isUp ? 200 : 503, body: { status: isUp ? "ok" : "unavailable" } };
  },
});

const metrics = route({
  method: "get",
  path: "/metrics/summary",
  id: "summarizeMetrics",
  summary:
    "How runs went: success rate, durations, tries, waits, tokens and cost, in all and by workflow, day, stage type and model. Thirty days without `since`.",
  tag,
  needs: "read",
  query: MetricsSince,
  answers: { 200: { description: "the summary", schema: Metrics } },
  async handle({ query }, { project }) {
    const since = query.since === undefined ? Date.now() - MONTH_MS : Date.parse(query.since);
    // A project without a database yet has no runs, and gets one here.
    await project.store();
    return { body: { since: new Date(since).toISOString(), ...(await project.stats.report({ since })) } };
  },
});

export const operationRoutes: readonly Route[] = [health, ready, metrics];
