import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Event } from "../../src/core/event.js";
import type { Plan, StagePlan } from "../../src/core/plan.js";
import { plan } from "./plan.js";
import { yardstick } from "./yardsticks.js";

/** One task of a recorded workflow. */
export interface Task {
  readonly id: string;
  readonly parents: readonly string[];
  readonly runtimeInSeconds: number;
}

const folder = yardstick("wfinstances");

/** Graphs of real workflows, by file name; none where the yardstick is absent. */
export const graphs: readonly string[] =
  folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith(".json"));

export function tasksOf(file: string): readonly Task[] {
  return (JSON.parse(readFileSync(join(folder ?? "", file), "utf8")) as { tasks: Task[] }).tasks;
}

/** One stage a task, one edge a parent; task order in a file is not topological. */
export function planOf(tasks: readonly Task[], maxParallel: number): Plan {
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

/** Each stage ended once and succeeded; none began before its parents had ended, or again after it had. */
export function keepsOrder(tasks: readonly Task[], events: readonly Event[]): void {
  const parents = new Map(tasks.map(({ id, parents: list }) => [id, list]));
  const ended = new Set<string>();
  for (const event of events) {
    if (event.type === "stageStarted") {
      const early = parents.get(event.stage)?.find((parent) => !ended.has(parent));
      expect(early, `${event.stage} began before ${early}`).toBeUndefined();
      expect(ended.has(event.stage), `${event.stage} began again`).toBe(false);
    }
    if (event.type !== "stageEnded") continue;
    expect(ended.has(event.stage), `${event.stage} ended twice`).toBe(false);
    expect(event.outcome).toBe("succeeded");
    ended.add(event.stage);
  }
  expect(ended.size).toBe(tasks.length);
}
