import type { Reference } from "../../core/expression/index.js";
import type { CheckContext } from "../checks/context.js";
import type { Path, Place } from "../findings.js";
import type { Names } from "./names.js";
import { look, type Standpoint } from "./view.js";

/** What types alone cannot say of a name that is read: whether it is to be had here, and whether its stage is before. */
export function judgeReference(
  reference: Reference,
  path: Path,
  offset: number,
  from: Standpoint,
  names: Names,
  context: CheckContext,
): void {
  const [name, field] = reference.path;
  if (typeof name !== "string") return;
  const start = offset + reference.start;
  const placed = (length: number): Place => ({
    path,
    extent: { start, end: Math.min(start + length, offset + reference.end) },
  });
  const reason = names.withheld(name);
  if (reason !== undefined) {
    context.findings.error("name-not-available", placed(name.length), `\`${name}\` cannot be read here`, reason);
    return;
  }
  context.used.mark(name, typeof field === "string" ? field : undefined);
  if (name === "stages" && typeof field === "string")
    judgeStage(field, placed(name.length + 1 + field.length), from, context);
}

function judgeStage(id: string, place: Place, from: Standpoint, { model, order, findings }: CheckContext): void {
  const sight = look(id, from, model, order);
  if (sight.kind === "inside") {
    const owner = sight.stage.graph.owner?.id;
    const help =
      owner === undefined
        ? "a stage of `finally` runs after all others"
        : `pass it out through the \`outputs\` of \`${owner}\``;
    findings.error("hidden-stage", place, `\`${id}\` cannot be seen from here`, help);
  } else if (sight.kind === "not-before") {
    const { stage } = from;
    const before = stage !== undefined && stage.graph === sight.stage.graph && order.before(stage, sight.stage);
    const help = sight.within
      ? sight.stage === stage
        ? "of its own work a stage knows `result`, in `outputs`, `set` and `compensate`"
        : `it ends only after what is inside it`
      : before
        ? `\`${id}\` waits for this stage`
        : `add \`${id}\` to \`needs\`, so that it has ended`;
    findings.error("not-an-ancestor", place, `\`${id}\` is not before this`, help);
  }
}
