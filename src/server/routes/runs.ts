import type { RunStatus } from "../../core/event.js";
import type { Json } from "../../core/json.js";
import type { RunFilter } from "../../engine/ports.js";
import { runDocument, viewDocument, withReasons } from "../../observe/documents.js";
import { followEvents } from "../feed.js";
import { type Route, route } from "../route.js";
import { EventPage, Run, RunPage, RunView, StageInput } from "../schema/documents.js";
import { ListEvents, ListRuns, OfStage, StartRun } from "../schema/requests.js";
import { headerOf } from "./definitions.js";

const tag = "runs";

const start = route({
  method: "post",
  path: "/runs",
  id: "startRun",
  summary: "Start a run. It is durable when this answers; a worker drives it.",
  tag,
  needs: "operate",
  body: StartRun,
  headers: {
    "Idempotency-Key": "the same key twice starts one run; ignored where the definition has a key of its own",
    traceparent: "the caller's place in a trace (W3C Trace Context): the run becomes a part of it",
  },
  answers: {
    201: { description: "started", schema: Run },
    200: { description: "the key was used before: the run that has it", schema: Run },
  },
  async handle({ body, by, context }, { project }) {
    const { file } = await headerOf(project, body.definition);
    const key = context.req.header("idempotency-key");
    const traceparent = context.req.header("traceparent");
    const { run, created } = await project.start(file, {
      inputs: body.inputs ?? {},
      by: by.actor,
      ...(body.provider !== undefined && { provider: body.provider }),
      ...(body.priority !== undefined && { priority: body.priority }),
      ...(key !== undefined && key !== "" && { idempotencyKey: key }),
      ...(traceparent !== undefined && { traceparent }),
    });
    project.nudge();
    const headers = { location: `/api/v1/runs/${run.id}` };
    return { status: created ? 201 : 200, body: runDocument(run), headers };
  },
});

const list = route({
  method: "get",
  path: "/runs",
  id: "listRuns",
  summary: "Runs, newest first.",
  tag,
  needs: "read",
  query: ListRuns,
  answers: { 200: { description: "a page", schema: RunPage } },
  async handle({ query }, { project }) {
    const limit = query.limit ?? 50;
    const filter: RunFilter = {
      limit: limit + 1,
      ...(query.status !== undefined && { status: query.status.split(",") as RunStatus[] }),
      ...(query.workflow !== undefined && { workflow: query.workflow }),
      ...(query.since !== undefined && { since: Date.parse(query.since) }),
      ...(query.before !== undefined && { before: Date.parse(query.before) }),
      ...(query.id !== undefined && { idPrefix: query.id }),
      ...(query.after !== undefined && { after: query.after }),
    };
    const store = await project.store();
    const rows = await store.listRuns(filter);
    const items = await withReasons(store, rows.slice(0, limit));
    return { body: { items: items.map(runDocument), next: rows.length > limit ? (items.at(-1)?.id ?? null) : null } };
  },
});

const show = route({
  method: "get",
  path: "/runs/{run}",
  id: "showRun",
  summary: "A run with its stages and its plan. `last` is the newest; the beginning of an id will do.",
  tag,
  needs: "read",
  answers: { 200: { description: "the run", schema: RunView } },
  async handle({ param }, { project }) {
    const view = await project.view(param("run"));
    const { plan, state, run } = view;
    return { body: { ...viewDocument(view), state, plan: plan as unknown as Json, seq: run.headSeq } };
  },
});

const input = route({
  method: "get",
  path: "/runs/{run}/stage",
  id: "showStageInput",
  summary: "What the last try of a stage was given; in the place of secrets stand dots.",
  tag,
  needs: "read",
  query: OfStage,
  answers: { 200: { description: "null where it was given nothing yet", schema: StageInput } },
  async handle({ param, query: { path } }, { project }) {
    return { body: { path, input: (await project.stageInput(param("run"), path)) ?? null } };
  },
});

const events = route({
  method: "get",
  path: "/runs/{run}/events",
  id: "listEvents",
  summary: "The journal. With Accept: text/event-stream it goes on live, and Last-Event-ID resumes it.",
  tag,
  needs: "read",
  query: ListEvents,
  headers: { "Last-Event-ID": "seq of the last event a stream has seen" },
  streams: ["text/event-stream"],
  answers: { 200: { description: "events in order, each once it is on disk", schema: EventPage } },
  async handle({ param, query, context }, desk) {
    const run = await desk.project.findRun(param("run"));
    const after = query.after ?? 0;
    if (context.req.header("accept")?.includes("text/event-stream")) {
      const last = Number(context.req.header("last-event-id") ?? after);
      return followEvents(context, desk, run.id, Number.isSafeInteger(last) && last >= 0 ? last : after);
    }
    const limit = query.limit ?? 200;
    const items = await (await desk.project.store()).readEvents(run.id, after, limit);
    const last = items.at(-1)?.seq;
    const isMore = last !== undefined && last < run.headSeq;
    return { body: { items, next: isMore ? String(last) : null } };
  },
});

export const runRoutes: readonly Route[] = [start, list, show, input, events];
