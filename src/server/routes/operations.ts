import { runMetrics } from "../../observe/run-metrics.js";
import { type Route, route } from "../route.js";
import { Health } from "../schema/documents.js";
import { Metrics } from "../schema/metrics.js";
import { MetricsSince } from "../schema/requests.js";

const tag = "operations";
const MONTH_MS = 30 * 24 * 60 * 60 * 1_000;
/** Runs that a summary looks at. */
const MOST_RUNS = 20_000;

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
  summary: "How runs went: success rate and durations, in all, by workflow and by day. Thirty days without `since`.",
  tag,
  needs: "read",
  query: MetricsSince,
  answers: { 200: { description: "the summary", schema: Metrics } },
  async handle({ query }, { project }) {
    const since = query.since === undefined ? Date.now() - MONTH_MS : Date.parse(query.since);
    const runs = await (await project.store()).listRuns({ since, limit: MOST_RUNS });
    const truncated = runs.length === MOST_RUNS;
    return { body: { since: new Date(since).toISOString(), truncated, ...runMetrics(runs) } };
  },
});

export const operationRoutes: readonly Route[] = [health, ready, metrics];
