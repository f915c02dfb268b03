import type { CheckContext } from "./context.js";
import { checkCycles } from "./cycles.js";
import { checkEdges } from "./edges.js";
import { checkIds } from "./ids.js";
import { checkConstantConditions, checkShape, checkSupported } from "./shape.js";
import { checkStageTypes } from "./stage-types.js";

/** Every check, shape first: what a later one sees may already be said to be wrong. */
export const CHECKS: readonly ((context: CheckContext) => void)[] = [
  checkShape,
  checkSupported,
  checkConstantConditions,
  checkIds,
  checkStageTypes,
  checkEdges,
  checkCycles,
];
