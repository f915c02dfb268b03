import { DYNAMIC, objectOf, type Type, typeOfSchema } from "../../core/expression/index.js";
import type { Called } from "../checks/context.js";
import type { StageNode } from "../model.js";
import { resultsOf } from "./stage.js";

interface Place {
  called(id: string): Called | undefined;
}

/** What a stage's type gives before `outputs` reshapes it; `input` is the type of what it was given. */
export function resultOfStage({ called }: Place, stage: StageNode, input: Type): Type {
  const { type, info, raw } = stage;
  if (type === undefined) return DYNAMIC;
  if (type.kind === "group") return objectOf({});
  if (type.kind === "workflow" && info.with["detach"] !== true) {
    const other = called(String(info.with["workflow"]));
    return other?.state === "ready" ? other.outputs : DYNAMIC;
  }
  // `values` is handed through as it is: its expressions say more than any schema.
  if (type.name === "transform" && info.with["schema"] === undefined && raw["with"] !== undefined) {
    const values = input.kind === "object" ? input.fields.get("values") : undefined;
    if (values?.type.kind === "object") return values.type;
  }
  if (typeof type.output !== "function") return typeOfSchema(type.output);
  try {
    return typeOfSchema(type.output(info));
  } catch {
    // A type that stumbles over a half-written `with` has said so in its own check.
    return DYNAMIC;
  }
}

/** What `stages.<id>.outputs` is: with `forEach`, the results of all items. */
export function outputsOfStage(stage: StageNode, item: Type): Type {
  return stage.raw["forEach"] === undefined ? item : resultsOf(stage, item);
}
