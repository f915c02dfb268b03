import { isObject, type Json, type JsonObject } from "./json.js";

const PREFIX = "workflow.";

/** The workflow that a tool of this name runs: `workflow.lookup` runs `lookup`. */
export function workflowOfTool(name: string): string | undefined {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined;
}

export interface WorkflowTool {
  readonly name: string;
  readonly workflow: string;
  /** Where it is written. */
  readonly path: readonly (string | number)[];
}

/** The workflows that a definition's agents have as tools. */
export function workflowTools(agents: Readonly<Record<string, JsonObject>>): readonly WorkflowTool[] {
  return Object.entries(agents).flatMap(([agent, { tools }]) => {
    const list: readonly Json[] = Array.isArray(tools) ? tools : [];
    return list.flatMap((entry, index) => {
      const name = isObject(entry) ? entry["tool"] : entry;
      const workflow = typeof name === "string" ? workflowOfTool(name) : undefined;
      if (workflow === undefined) return [];
      return [{ name: name as string, workflow, path: ["agents", agent, "tools", index] }];
    });
  });
}
