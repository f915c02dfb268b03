import type { Reference } from "../../core/expression/index.js";
import type { CheckContext } from "../checks/context.js";
import type { Path, Place } from "../findings.js";
import type { StageNode } from "../model.js";
import type { Order } from "../order.js";
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
  const reason = names.withheld(name, reference.guarded);
  if (reason !== undefined) {
    context.findings.error("name-not-available", placed(name.length), `\`${name}\` cannot be read here`, reason);
    return;
  }
  context.used.mark(name, typeof field === "string" ? field : undefined);
  if (name === "stages" && typeof field === "string") {
    judgeStage(field, reference.path, placed(name.length + 1 + field.length), from, context);
  } else if (from.stage !== undefined) markOwn(from.stage, reference.path, context);
}

/** What a stage reads of its own work, or of its earlier iterations. */
function markOwn(stage: StageNode, [name, field]: Reference["path"], { used }: CheckContext): void {
  if (name === "result") used.markStage(stage, typeof field === "string" ? field : undefined);
  if (name === "results") used.markStage(stage, undefined);
  if (name !== "repeat" || field === "index") return;
  for (let up: StageNode | undefined = stage; up !== undefined; up = up.graph.owner) used.markStage(up, undefined);
}

function judgeStage(
  id: string,
  [, , part, output]: Reference["path"],
  place: Place,
  from: Standpoint,
  { model, order, findings, used }: CheckContext,
): void {
  const sight = look(id, from, model, order);
  if (sight.kind === "seen") {
    const isPlain = sight.stage.raw["forEach"] === undefined && part === "outputs" && typeof output === "string";
    used.markStage(sight.stage, isPlain ? output : undefined);
  }
  if (sight.kind === "inside") {
    const owner = sight.stage.graph.owner?.id;
    const help =
      owner === undefined
        ? "a stage of `finally` runs after all others"
        : `pass it out through the \`outputs\` of \`${owner}\``;
    findings.error("hidden-stage", place, `\`${id}\` cannot be seen from here`, help);
  } else if (sight.kind === "not-before") {
    const help = howToReach(id, sight.stage, sight.within, from, order);
    findings.error("not-an-ancestor", place, `\`${id}\` is not before this`, help);
  }
}

function howToReach(id: string, target: StageNode, within: boolean, { stage }: Standpoint, order: Order): string {
  if (stage === target) return "of its own work a stage knows `result`, in `outputs`, `set` and `compensate`";
  if (within) return "it ends only after what is inside it";
  let holder = stage;
  while (holder !== undefined && holder.graph !== target.graph) holder = holder.graph.owner;
  if (holder !== undefined && order.before(holder, target)) return `\`${id}\` waits for this stage`;
  const whose = holder === stage || holder === undefined ? "`needs`" : `\`needs\` of \`${holder.id}\``;
  return `add \`${id}\` to ${whose}, so that it has ended`;
}
