import { describe, expect, it } from "vitest";
import type { Event } from "../../src/core/event.js";
import { recover } from "../../src/core/recover.js";
import { type Answer, type Call, Simulation } from "../support/simulate.js";
import { graphs, keepsOrder, planOf, type Task, tasksOf } from "../support/wfinstances.js";

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

describe.skipIf(graphs.length === 0)("graphs of real workflows", () => {
  it.each(graphs)("%s takes as long as its critical path when nothing limits it", (file) => {
    const tasks = tasksOf(file);
    const run = new Simulation(planOf(tasks, 1_000_000), { ...script(tasks), slots: 1_000_000 }).run(1_000_000);
    keepsOrder(tasks, run.events);
    expect(run.now - 1_000).toBe(criticalPath(tasks));
  });

  it.each(graphs)("%s never runs more at a time than maxParallel", (file) => {
    const tasks = tasksOf(file);
    const run = new Simulation(planOf(tasks, 7), script(tasks)).run(1_000_000);
    keepsOrder(tasks, run.events);
    expect(run.widest).toBeLessThanOrEqual(7);
  });

  it.each(graphs)("%s, cut again and again, repeats no finished stage", (file) => {
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
