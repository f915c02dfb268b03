import type { JsonObject } from "../../core/json.js";
import type { WorkflowPlan } from "../../core/plan.js";
import type { Registry } from "../../plugin/registry.js";
import type { Findings } from "../findings.js";
import type { Model } from "../model.js";
import type { Order } from "../order.js";

/** What every check is given. A check only reads the model and adds findings. */
export interface CheckContext {
  readonly raw: JsonObject;
  readonly model: Model;
  readonly registry: Registry;
  readonly order: Order;
  readonly findings: Findings;
  /** Text a plain scalar lost to a comment, by the offsets of its place. */
  readonly text: string;
  /** The workflow a stage calls, when it could be read. */
  called(id: string): Called | undefined;
  readonly knownWorkflows: readonly string[];
}

/** A sub-workflow as its caller sees it. */
export type Called =
  | { readonly state: "ready"; readonly workflow: WorkflowPlan }
  | { readonly state: "faulty"; readonly file: string; readonly errors: number }
  | { readonly state: "recursive"; readonly chain: readonly string[] };
