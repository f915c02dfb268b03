import { isObject } from "../../core/json.js";
import type { StageNode } from "../model.js";
import type { CheckContext } from "./context.js";

/** A place that is asked for inside of what holds one of the same group may never come. */
export function checkLimits({ model, findings }: CheckContext): void {
  for (const stage of model.stages) {
    const group = groupOf(stage);
    if (group === undefined) continue;
    for (let outer = stage.graph.owner; outer !== undefined; outer = outer.graph.owner) {
      if (groupOf(outer) !== group) continue;
      findings.error(
        "limit-deadlock",
        { path: [...stage.path, "concurrency", "group"] },
        `\`${outer.id}\` around it holds a place of the same group`,
        "name another group, or limit only one of them",
      );
      break;
    }
  }
}

function groupOf({ raw, type }: StageNode): string | undefined {
  const { concurrency } = raw;
  if (type?.kind === "pure" || type?.kind === "end" || !isObject(concurrency)) return undefined;
  return typeof concurrency["group"] === "string" ? concurrency["group"] : undefined;
}
