import { type ScheduleStanding, scheduleDocument, whenOf } from "../../observe/documents.js";
import { type Desk, type Route, route } from "../route.js";
import { Nothing } from "../schema/requests.js";
import { Schedule, ScheduleList } from "../schema/schedules.js";

const tag = "schedules";
const UPCOMING = 5;

const list = route({
  method: "get",
  path: "/schedules",
  id: "listSchedules",
  summary: "What starts runs by itself: when it fires next, what it started last.",
  tag,
  needs: "read",
  query: Nothing,
  answers: { 200: { description: "all of them", schema: ScheduleList } },
  async handle(_, { project }) {
    const now = Date.now();
    const schedules = await (await project.scheduler()).schedules(now);
    return { body: { items: await Promise.all(schedules.map((one) => documentOf(one, project, now))) } };
  },
});

const pause = route({
  ...changing("pause", "Keep it from starting runs until somebody resumes it."),
  async handle({ param, by }, { project }) {
    const now = Date.now();
    const schedule = await (await project.scheduler()).pause(idOf(param), by.actor.user, now);
    return { body: await documentOf(schedule, project, now) };
  },
});

const resume = route({
  ...changing("resume", "Let it start runs again, from the next of its times on."),
  async handle({ param }, { project }) {
    const now = Date.now();
    const schedule = await (await project.scheduler()).resume(idOf(param), now);
    return { body: await documentOf(schedule, project, now) };
  },
});

function changing(verb: "pause" | "resume", summary: string) {
  return {
    method: "post",
    path: `/schedules/{workflow}/{trigger}/${verb}`,
    id: `${verb}Schedule`,
    summary,
    tag,
    needs: "operate",
    body: Nothing,
    answers: { 200: { description: "how it stands now", schema: Schedule } },
  } as const;
}

function idOf(param: (name: string) => string): string {
  return `${param("workflow")}/${param("trigger")}`;
}

async function documentOf(schedule: ScheduleStanding, project: Desk["project"], now: number) {
  const times = await (await project.scheduler()).upcoming(now, UPCOMING, schedule.id);
  const upcoming = times.map(({ at }) => new Date(at).toISOString());
  return { ...scheduleDocument(schedule), when: whenOf(schedule), upcoming };
}

export const scheduleRoutes: readonly Route[] = [list, pause, resume];
