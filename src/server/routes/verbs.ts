import type { TObject } from "@sinclair/typebox";
import { runDocument } from "../../observe/documents.js";
import { type Desk, type Route, route } from "../route.js";
import { Run } from "../schema/documents.js";
import { ForkRun, Nothing, RetryStage, SkipStage, WithReason } from "../schema/requests.js";

/** What people do to a run. Each is a request that the run's driver takes up: durable when it is answered with 202. */

const tag = "runs";
const accepted = { 202: { description: "asked for, and durable", schema: Run } };

function steering<B extends TObject>(verb: string, summary: string, body: B) {
  return {
    method: "post",
    path: `/runs/{run}/${verb}`,
    id: `${verb}Run`,
    summary,
    tag,
    needs: "operate",
    body,
    answers: accepted,
  } as const;
}

async function answer({ project }: Desk, id: string) {
  project.nudge();
  return { status: 202, body: runDocument(await project.findRun(id)) };
}

const cancel = route({
  ...steering("cancel", "End it; what is under way is stopped.", WithReason),
  async handle({ param, body, by }, desk) {
    const { id } = await desk.project.findRun(param("run"));
    await desk.project.send(id, { type: "cancel", by: by.actor.user, ...body });
    return answer(desk, id);
  },
});

const pause = route({
  ...steering("pause", "Start nothing further until it is resumed.", WithReason),
  async handle({ param, body, by }, desk) {
    const { id } = await desk.project.findRun(param("run"));
    await desk.project.send(id, { type: "pause", by: by.actor.user, ...body });
    return answer(desk, id);
  },
});

const resume = route({
  ...steering("resume", "Go on with a paused run.", Nothing),
  async handle({ param, by }, desk) {
    const { id } = await desk.project.findRun(param("run"));
    await desk.project.send(id, { type: "resume", by: by.actor.user });
    return answer(desk, id);
  },
});

const retry = route({
  ...steering("retry", "Try again what failed or is held.", RetryStage),
  async handle({ param, body, by }, desk) {
    const { id } = await desk.project.findRun(param("run"));
    await desk.project.send(id, { type: "retry", by: by.actor.user, ...body });
    return answer(desk, id);
  },
});

const skip = route({
  ...steering("skip", "Go on as if this stage had done its work.", SkipStage),
  async handle({ param, body, by }, desk) {
    const { id } = await desk.project.findRun(param("run"));
    await desk.project.send(id, { type: "skip", by: by.actor.user, ...body });
    return answer(desk, id);
  },
});

const rollback = route({
  ...steering("rollback", "Undo what was done, the last first.", WithReason),
  async handle({ param, body, by }, desk) {
    const { id } = await desk.project.findRun(param("run"));
    await desk.project.send(id, { type: "rollback", by: by.actor.user, ...body });
    return answer(desk, id);
  },
});

const fork = route({
  ...steering("fork", "A new run that shares the finished stages before one, and decides the rest anew.", ForkRun),
  answers: { 201: { description: "the new run", schema: Run } },
  async handle({ param, body: { stage, inputs }, by }, { project }) {
    const { id } = await project.findRun(param("run"));
    const run = await project.fork(id, stage, { by: by.actor, ...(inputs !== undefined && { inputs }) });
    project.nudge();
    return { status: 201, body: runDocument(run), headers: { location: `/api/v1/runs/${run.id}` } };
  },
});

export const verbRoutes: readonly Route[] = [cancel, pause, resume, retry, skip, rollback, fork];
