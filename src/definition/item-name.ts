import { isObject } from "../core/json.js";
import type { StageNode } from "./model.js";

/** The name `forEach` gives an item; undefined without `forEach`. */
export function itemName({ raw }: StageNode): string | undefined {
  const forEach = raw["forEach"];
  if (!isObject(forEach)) return undefined;
  return typeof forEach["as"] === "string" ? forEach["as"] : "item";
}
