import { isObject, type JsonObject } from "../core/json.js";
import type { Tool } from "../plugin/api.js";
import type { DriveParts } from "./drive-parts.js";

type Parts = Pick<DriveParts, "state" | "redactions">;

/** Inputs for a run of its own: of what is redacted here it gets only what its definition redacts, too. */
export function handedOver({ state, redactions }: Parts, workflow: string | undefined, inputs: JsonObject): JsonObject {
  const called = workflow === undefined ? undefined : state.plan.called[workflow];
  return redactions === undefined ? inputs : redactions.handOver(inputs, called?.redact ?? []);
}

/** The same for a workflow that an agent calls. */
export function discreet(parts: Parts, workflow: string, tool: Tool): Tool {
  if (parts.redactions === undefined) return tool;
  return {
    ...tool,
    run: (input, ...more) => tool.run(isObject(input) ? handedOver(parts, workflow, input) : input, ...more),
  };
}
