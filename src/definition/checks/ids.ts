import { LIMITS } from "../../core/plan.js";
import { itemName } from "../item-name.js";
import type { StageNode } from "../model.js";
import { around } from "../order.js";
import type { CheckContext } from "./context.js";

const RESERVED = ["inputs", "state", "run", "stages", "repeat", "result", "trigger", "secrets", "error", "index"];

/** Names that hide another one, and graphs nested too deep. */
export function checkIds(context: CheckContext): void {
  for (const stage of context.model.stages) {
    checkShadowing(context, stage);
    checkItemName(context, stage);
    const graph = stage.inner;
    if (graph === undefined || graph.depth - 1 !== LIMITS.depth + 1) continue;
    const message = `groups nest at most ${LIMITS.depth} deep`;
    context.findings.error(
      "nesting-too-deep",
      { path: graph.path, part: "key" },
      message,
      "move the inner part into a workflow of its own",
    );
  }
}

function checkShadowing({ model, findings }: CheckContext, stage: StageNode): void {
  for (let graph = around(stage.graph, model); graph !== undefined; graph = around(graph, model)) {
    if (!graph.byId.has(stage.id)) continue;
    const place = { path: stage.path, part: "key" as const };
    if (stage.graph.role === "finally") {
      findings.error(
        "duplicate-id",
        place,
        `\`${stage.id}\` is already a stage of this workflow`,
        "give it another id",
      );
    } else {
      const message = `\`${stage.id}\` hides the stage of the same id outside this group`;
      findings.error("shadowed-id", place, message, "give it another id");
    }
    return;
  }
}

function checkItemName({ findings }: CheckContext, stage: StageNode): void {
  const name = itemName(stage);
  if (name === undefined) return;
  const path = [...stage.path, "forEach", "as"];
  if (RESERVED.includes(name)) {
    findings.error(
      "reserved-name",
      { path },
      `\`${name}\` already means something in expressions`,
      "choose another word",
    );
    return;
  }
  for (let owner = stage.graph.owner; owner !== undefined; owner = owner.graph.owner) {
    if (itemName(owner) !== name) continue;
    const message = `\`${name}\` hides the item of \`${owner.id}\``;
    findings.error("reserved-name", { path }, message, "name this one with `as`");
  }
}
