import fs from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import type { App } from "../../src/app.js";
import type { Event } from "../../src/core/event.js";
import { ROUTES, type Route } from "../definitions/routes.js";
import { takeRoute } from "../definitions/take-route.js";
import { shippedProject } from "../support/project.js";
import { openAt, PLACES, type Place } from "./places.js";

/** What a run came to, without what differs from run to run: times, ids, and what the order of parallel stages makes of it. */
interface Told {
  readonly status: string;
  readonly outputs: unknown;
  /** How often each thing happened to each stage. */
  readonly events: Readonly<Record<string, number>>;
}

const nameOf = ({ workflow, sample, decide = [] }: Route) =>
  [workflow, sample, ...decide.map(({ by, outcome }) => `${by} ${outcome}`)].join(" ");

async function told(app: App, project: string, route: Route): Promise<Told> {
  const { run } = await takeRoute(app, project, route);
  const events: Record<string, number> = {};
  for (const { event } of await (await app.store()).readEvents(run.id)) {
    const name = wordsOf(event);
    events[name] = (events[name] ?? 0) + 1;
  }
  return { status: run.status, outputs: run.outputs, events: Object.fromEntries(Object.entries(events).sort()) };
}

function wordsOf(event: Event): string {
  const stage = "stage" in event && event.stage !== undefined ? event.stage : "run";
  return [stage, event.type, ...("outcome" in event ? [event.outcome] : [])].join(" ");
}

async function allAt(place: Place): Promise<Record<string, Told>> {
  const project = shippedProject();
  onTestFinished(() => fs.rmSync(project, { recursive: true, force: true }));
  const app = await openAt(place, project);
  const all: Record<string, Told> = {};
  for (const route of ROUTES) all[nameOf(route)] = await told(app, project, route);
  return all;
}

it("every sample of every shipped definition comes to the same in memory, on PostgreSQL and on Restate as on SQLite, event for event of each stage", async () => {
  const [first, ...others] = PLACES;
  const expected = await allAt(first);
  for (const place of others) expect(await allAt(place), place).toEqual(expected);
}, 300_000);
