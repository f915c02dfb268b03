import { checkPolicyNames } from "../policy/names.js";
import { checkAlerts } from "./alerts.js";
import type { CheckContext } from "./context.js";
import { checkCycles } from "./cycles.js";
import { checkEdges } from "./edges.js";
import { checkIds } from "./ids.js";
import { checkLimits } from "./limits.js";
import { checkOutcomes } from "./outcomes.js";
import { checkParts } from "./parts.js";
import { checkRedact } from "./redact.js";
import { checkSchemas } from "./schemas.js";
import { checkIdleWords, checkShape } from "./shape.js";
import { checkStageTypes } from "./stage-types.js";
import { checkState } from "./state.js";
import { checkTriggers } from "./triggers.js";
import { checkWorkflows } from "./workflows.js";

/** Every check, shape first: what a later one sees may already be said to be wrong. */
export const CHECKS: readonly ((context: CheckContext) => void)[] = [
  checkShape,
  checkIdleWords,
  checkLimits,
  checkSchemas,
  checkParts,
  checkIds,
  checkStageTypes,
  checkWorkflows,
  checkEdges,
  checkCycles,
  checkOutcomes,
  checkPolicyNames,
  checkState,
  checkRedact,
  checkTriggers,
  checkAlerts,
];
