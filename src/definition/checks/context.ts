import type { Type } from "../../core/expression/index.js";
import type { JsonObject } from "../../core/json.js";
import type { WorkflowPlan } from "../../core/plan.js";
import type { Registry } from "../../plugin/registry.js";
import type { Findings, Locate } from "../findings.js";
import type { Model } from "../model.js";
import type { Order } from "../order.js";
import type { Used } from "../used.js";

/** What every check is given. A check only reads the model and adds findings. */
export interface CheckContext {
  readonly raw: JsonObject;
  readonly model: Model;
  readonly registry: Registry;
  readonly order: Order;
  readonly findings: Findings;
  readonly locate: Locate;
  /** The file. */
  readonly text: string;
  readonly used: Used;
  /** The workflow a stage calls, when it could be read. */
  called(id: string): Called | undefined;
  readonly knownWorkflows: readonly string[];
}

/** A sub-workflow as its caller sees it. */
export type Called =
  | { readonly state: "ready"; readonly workflow: WorkflowPlan; readonly outputs: Type }
  | { readonly state: "faulty"; readonly file: string; readonly errors: number }
  | { readonly state: "recursive"; readonly chain: readonly string[] };
