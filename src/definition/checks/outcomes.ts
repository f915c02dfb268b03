import { COMMON_OUTCOMES } from "../../core/plan.js";
import { isStageId, type StageNode } from "../model.js";
import type { CheckContext } from "./context.js";

/** Outcomes a stage gives names to, and the ends of a gate that nobody follows. */
export function checkOutcomes(context: CheckContext): void {
  for (const stage of context.model.stages) {
    if (stage.outcomes.length === 1 && stage.outcomes[0] === "succeeded") continue;
    checkNames(context, stage);
    if (stage.type?.kind === "wait") checkFollowed(context, stage);
  }
}

function checkNames({ findings }: CheckContext, { outcomes, path }: StageNode): void {
  const place = { path: [...path, "with"] };
  // The type's own check knows better where.
  if (findings.hasErrorAt(place.path)) return;
  for (const outcome of new Set(outcomes)) {
    if ((COMMON_OUTCOMES as readonly string[]).includes(outcome) || outcome === "done") {
      const message = `\`${outcome}\` already means something for every stage`;
      findings.error("reserved-outcome", place, message, "give this outcome another name");
    } else if (!isStageId(outcome)) {
      const message = `\`${outcome}\` cannot be named in \`needs\``;
      findings.error("reserved-outcome", place, message, "a small letter first, then letters and digits");
    } else if (outcomes.indexOf(outcome) !== outcomes.lastIndexOf(outcome)) {
      findings.error(
        "reserved-outcome",
        place,
        `\`${outcome}\` is already an outcome of this stage`,
        "give it another name",
      );
    }
  }
}

/** A person may refuse, or not answer: someone should have thought of what happens then. */
function checkFollowed({ findings }: CheckContext, stage: StageNode): void {
  const { id, graph, info, path } = stage;
  const named = new Set<string | null>();
  for (const { needs } of graph.stages) {
    for (const { edges } of needs) for (const edge of edges) if (edge.stage === stage) named.add(edge.outcome);
  }
  if (named.has("done")) return;
  const open = stage.outcomes.filter((outcome) => {
    if (named.has(outcome) || outcome === "approved") return false;
    return outcome !== "expired" || info.with["expires"] !== undefined;
  });
  if (open.length === 0 || !stage.outcomes.includes("rejected")) return;
  const words = open.join(" or ");
  const message = `nothing follows when \`${id}\` ends ${words}: the run then fails`;
  const help = `need \`${id}.${open[0]}\` in some stage, or \`${id}.done\``;
  findings.warning("unfollowed-outcome", { path, part: "key" }, message, help);
}
