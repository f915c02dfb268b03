import { isObject } from "../../core/json.js";
import { nearest } from "../../core/suggest.js";
import { workflowTools } from "../../core/tool-name.js";
import type { Path } from "../findings.js";
import { hasTemplate } from "../templates.js";
import type { CheckContext } from "./context.js";

/** Calls of other workflows: that they exist, can be read, and do not come back to their caller. */
export function checkWorkflows(context: CheckContext): void {
  const { model, findings } = context;
  for (const { type, raw, path } of model.stages) {
    if (type?.kind !== "workflow" || !isObject(raw["with"])) continue;
    const { workflow: id, detach } = raw["with"];
    if (typeof detach === "string" && hasTemplate(detach)) {
      const place = { path: [...path, "with", "detach"] };
      findings.error("needs-constant", place, "whether it is a run of its own must be known before the run", "say it");
    }
    if (typeof id !== "string") continue;
    const place = { path: [...path, "with", "workflow"] };
    if (hasTemplate(id)) {
      findings.error(
        "needs-constant",
        place,
        "the workflow must be known before the run",
        "name one, or `switch` between stages",
      );
      continue;
    }
    checkCalled(id, place, context);
  }
  for (const tool of workflowTools(model.agents)) checkCalled(tool.workflow, { path: tool.path }, context);
}

function checkCalled(id: string, place: { path: Path }, { findings, called, knownWorkflows }: CheckContext): void {
  const other = called(id);
  if (other === undefined) {
    const close = nearest(id, knownWorkflows);
    const help = close === undefined ? knownList(knownWorkflows) : `did you mean \`${close}\`?`;
    findings.error("unknown-workflow", place, `there is no workflow \`${id}\``, help);
  } else if (other.state === "recursive") {
    const message = `a workflow cannot come to call itself: ${other.chain.join(" → ")}`;
    findings.error("workflow-recursion", place, message, "to do a stage again, use `repeat`");
  } else if (other.state === "faulty") {
    const count = other.errors === 1 ? "an error" : `${other.errors} errors`;
    findings.error("invalid-workflow", place, `\`${id}\` has ${count}`, `see stagecraft validate ${other.file}`);
  }
}

function knownList(known: readonly string[]): string {
  return known.length === 0 ? "no other workflow is loaded" : `there are: ${[...known].sort().join(", ")}`;
}
