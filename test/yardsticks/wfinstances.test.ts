import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Event } from "../../src/core/event.js";
import type { Plan, StagePlan } from "../../src/core/plan.js";
import { recover } from "../../src/core/recover.js";
import { plan } from "../support/plan.js";
import { type Answer, type Call, Simulation } from "../support/simulate.js";
import { yardstick } from "../support/yardsticks.js";

interface Task {
  readonly id: string;
  readonly parents: readonly string[];
  readonly runtimeInSeconds: number;
}

const folder = yardstick("wfinstances");
const files = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith(".json"));

function tasksOf(file: string): readonly Task[] {
  return (JSON.parse(readFileSync(join(folder ?? "", file), "utf8")) as { tasks: Task[] }).tasks;
}

/** One stage a task, one edge a parent; task order in a file is not topological. */
function planOf(tasks: readonly Task[], maxParallel: number): Plan {
  const places = new Map(tasks.map(({ id }, index) => [id, index]));
  const stages = tasks.map(
    ({ id, parents }, index): StagePlan => ({
      ...(plan("a").workflow.graph.stages[0] as StagePlan),
      id,
      index,
      needs: parents.map((parent) => ({
        mode: "all",
        edges: [{ stage: places.get(parent) ?? -1, outcome: null }],
        count: 1,
        rest: "keep",
      })),
    }),
  );
  return plan("a", {}, { graph: { stages }, maxParallel });
}

function criticalPath(tasks: readonly Task[]): number {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const ends = new Map<string, number>();
  const endOf = (id: string): number => {
    const known = ends.get(id);
    if (known !== undefined) return known;
    const task = byId.get(id) as Task;
    const end = Math.max(0, ...task.parents.map(endOf)) + lengthOf(task);
    ends.set(id, end);
    return end;
  };
  return Math.max(...tasks.map(({ id }) => endOf(id)));
}

const lengthOf = ({ runtimeInSeconds }: Task) => Math.max(1, Math.round(runtimeInSeconds * 1_000));

function script(tasks: readonly Task[]) {
  const lengths = new Map(tasks.map((task) => [task.id, lengthOf(task)]));
  return { work: ({ path }: Call): Answer => ({ after: lengths.get(path) ?? 1 }) };
}

/** Each stage ended once and succeeded; none began before its parents had ended. */
function keepsOrder(tasks: readonly Task[], events: readonly Event[]): void {
  const parents = new Map(tasks.map(({ id, parents: list }) => [id, list]));
  const ended = new Set<string>();
  for (const event of events) {
    if (event.type === "stageStarted") {
      const early = parents.get(event.stage)?.find((parent) => !ended.has(parent));
      expect(early, `${event.stage} began before ${early}`).toBeUndefined();
    }
    if (event.type !== "stageEnded") continue;
    expect(ended.has(event.stage), `${event.stage} ended twice`).toBe(false);
    expect(event.outcome).toBe("succeeded");
    ended.add(event.stage);
  }
  expect(ended.size).toBe(tasks.length);
}

describe.skipIf(files.length === 0)("graphs of real workflows", () => {
  it.each(files)("%s takes as long as its critical path when nothing limits it", (file) => {
    const tasks = tasksOf(file);
    const run = new Simulation(planOf(tasks, 1_000_000), { ...script(tasks), slots: 1_000_000 }).run(1_000_000);
    keepsOrder(tasks, run.events);
    expect(run.now - 1_000).toBe(criticalPath(tasks));
  });

  it.each(files)("%s never runs more at a time than maxParallel", (file) => {
    const tasks = tasksOf(file);
    const run = new Simulation(planOf(tasks, 7), script(tasks)).run(1_000_000);
    keepsOrder(tasks, run.events);
    expect(run.widest).toBeLessThanOrEqual(7);
  });

  it.each(files)("%s, cut again and again, repeats no finished stage", (file) => {
    const tasks = tasksOf(file);
    const of = planOf(tasks, 16);
    let events: readonly Event[] = [];
    let seed = tasks.length;
    for (let cuts = 0; ; cuts++) {
      const run = new Simulation(of, script(tasks), events);
      run.record(recover(run.state, run.context));
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      run.run(cuts < 8 ? 1 + (seed % (tasks.length * 2)) : 10_000_000);
      events = run.events;
      if (run.state.phase === "ended") break;
    }
    keepsOrder(tasks, events);
  });
});
