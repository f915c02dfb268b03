import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { App } from "../../src/app.js";
import type { Event } from "../../src/core/event.js";
import { ROUTES, type Route } from "../definitions/routes.js";
import { takeRoute } from "../definitions/take-route.js";
import { patterns } from "../patterns/run.js";
import { shippedProject } from "../support/project.js";
import { graphs, tasksOf } from "../support/wfinstances.js";
import { Director } from "./director.js";
import { openAt, PLACES, type Place } from "./places.js";

const ends: (() => unknown)[] = [];
const atEnd = (end: () => unknown) => void ends.unshift(end);
const director = new Director();
const opened = new Map<Place, { readonly app: App; readonly project: string }>();

/** One project at each place for all that is compared, with one server of each kind. */
beforeAll(async () => {
  await Promise.all(
    PLACES.map(async (place) => {
      const project = shippedProject();
      atEnd(() => fs.rmSync(project, { recursive: true, force: true }));
      const folder = path.join(project, "definitions");
      for (const { file, text } of patterns()) fs.writeFileSync(path.join(folder, file), text);
      for (const graph of graphs)
        fs.writeFileSync(path.join(folder, `${idOf(graph)}.workflow.yaml`), definitionOf(graph));
      opened.set(place, { app: await openAt(place, project, { plugins: [director.plugin], atEnd }), project });
    }),
  );
}, 120_000);

afterAll(async () => {
  for (const end of ends) await end();
});

/** What a run came to, without what differs from run to run: times, ids, and what the order of parallel stages makes of it. */
interface Told {
  readonly status: string | undefined;
  readonly more: unknown;
  /** How often each thing happened to each stage. */
  readonly events: Readonly<Record<string, number>>;
}

/** One piece of work under its name; those of a lane are done one after another, all lanes at once. */
type Lane = readonly (readonly [name: string, tell: (app: App, project: string) => Promise<Told>])[];

/** Has the same work done at each place, and holds what came of it against the first place. */
async function expectSame(lanes: readonly Lane[]): Promise<void> {
  const at = async (place: Place) => {
    const { app, project } = opened.get(place)!;
    const told: Record<string, Told> = {};
    const go = async (lane: Lane) => {
      for (const [name, tell] of lane) told[name] = await tell(app, project);
    };
    await Promise.all(lanes.map(go));
    return told;
  };
  const [first, ...others] = await Promise.all(PLACES.map(at));
  for (const [index, other] of others.entries()) expect(other, PLACES[index + 1]).toEqual(first);
}

const nameOf = ({ workflow, sample, decide = [] }: Route) =>
  [workflow, sample, ...decide.map(({ by, outcome }) => `${by} ${outcome}`)].join(" ");

function multiset(events: readonly Event[]): Told["events"] {
  const counts: Record<string, number> = {};
  for (const event of events) {
    const stage = "stage" in event && event.stage !== undefined ? event.stage : "run";
    const words = [stage, event.type, ...("outcome" in event ? [event.outcome] : [])].join(" ");
    counts[words] = (counts[words] ?? 0) + 1;
  }
  return counts;
}

it("every sample of every shipped definition comes to the same in memory, on PostgreSQL and on Restate as on SQLite, event for event of each stage", async () => {
  const tell = async (app: App, project: string, route: Route): Promise<Told> => {
    const { run } = await takeRoute(app, project, route);
    const events = (await (await app.store()).readEvents(run.id)).map(({ event }) => event);
    return { status: run.status, more: run.outputs, events: multiset(events) };
  };
  // All share the books of their project.
  const lane: Lane = ROUTES.map((route) => [nameOf(route), (app, project) => tell(app, project, route)]);
  await expectSame([lane]);
}, 300_000);

it("every control-flow pattern takes its course at each of these places, its stages in the same steps", async () => {
  const all = patterns().flatMap(({ file, cases }) =>
    cases.map((given) => {
      const tell = async (app: App): Promise<Told> => {
        const { status, work, events } = await director.play(app, file.replace(".workflow.yaml", ""), given);
        expect(work, `${file}: ${given.name}`).toEqual(given.work);
        return { status, more: work, events: multiset(events) };
      };
      return [[`${file}: ${given.name}`, tell]] as Lane;
    }),
  );
  await expectSame(all);
}, 300_000);

const idOf = (graph: string) => `graph-${graph.replace(".json", "")}`;

function definitionOf(graph: string): string {
  const tasks = tasksOf(graph);
  const places = new Map(tasks.map(({ id }, place) => [id, `s${place}`]));
  const stages = tasks.map(({ id, parents }) => {
    const needs = parents.map((parent) => places.get(parent)).join(", ");
    return `  ${places.get(id)}: { needs: [${needs}], uses: work, with: { takes: 0ms } }`;
  });
  return `apiVersion: stagecraft/v1\nid: ${idOf(graph)}\nversion: "1.0.0"\nmaxParallel: 16\nstages:\n${stages.join("\n")}\n`;
}

it.skipIf(graphs.length === 0)(
  "every graph of a real workflow ends the same at each of these places",
  async () => {
    const all = graphs.map((graph) => {
      const tell = async (app: App): Promise<Told> => {
        const { status, events } = await director.play(app, idOf(graph), { name: graph, work: {} });
        return { status, more: tasksOf(graph).length, events: multiset(events) };
      };
      return [[graph, tell]] as Lane;
    });
    await expectSame(all);
  },
  300_000,
);
