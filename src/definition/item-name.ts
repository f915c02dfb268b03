import { isObject } from "../core/json.js";
import type { StageNode } from "./model.js";

/** The name `forEach` gives an item; undefined without `forEach`. */
export function itemName({ raw }: StageNode): string | undefined {
  const forEach = raw["forEach"];
  if (forEach === undefined) return undefined;
  return isObject(forEach) && typeof forEach["as"] === "string" ? forEach["as"] : "item";
}
