import type { StageNode } from "./model.js";

/** Its own `if`, or a rule of its `onError`, may end it skipped and without outputs. */
export function maySkip(stage: StageNode): boolean {
  const { if: condition, onError } = stage.raw;
  if (condition !== undefined && condition !== true) return true;
  if (onError === "skip") return true;
  return Array.isArray(onError) && onError.some((rule) => rule?.do === "skip" && rule?.outputs === undefined);
}
