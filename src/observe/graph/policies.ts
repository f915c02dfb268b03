import type { WorkflowPlan } from "../../core/plan.js";

/** By the path of a stage: what policies say of it, a line each. */
export type PolicyNotes = ReadonlyMap<string, readonly string[]>;

export function policyNotes({ policies = [] }: WorkflowPlan): PolicyNotes {
  const notes = new Map<string, Set<string>>();
  const add = (stage: string, line: string) => notes.set(stage, (notes.get(stage) ?? new Set()).add(line));
  for (const { id, stage, requires, distinct } of policies) {
    if (stage !== undefined) add(stage, `guarded by ${id}`);
    for (const edge of requires) add(edge.stage, `required by ${id}`);
    for (const person of distinct) if ("stage" in person) add(person.stage, `required by ${id}`);
  }
  return new Map([...notes].map(([stage, lines]) => [stage, [...lines]]));
}
