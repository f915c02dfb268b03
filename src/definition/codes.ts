import { nearest } from "../core/suggest.js";
import type { CodeInfo } from "../plugin/api.js";
import { EXPRESSION, INPUTS, STAGE_TYPE } from "./codes/expression.js";
import { SHAPE, SOURCE } from "./codes/file.js";
import { GRAPH } from "./codes/graph.js";
import type { Row } from "./codes/row.js";
import { TEST_CODES } from "./workflow-test/codes.js";

/** What a code of a finding means, and how to mend what it is about. */
export interface CodeRecord extends CodeInfo {
  /** `source`: the YAML itself. `inputs`: what a run is started with; `test`: a test file; the others are about the definition. */
  readonly about: "source" | "shape" | "graph" | "expression" | "stageType" | "inputs" | "test";
}

const rows = (about: CodeRecord["about"], list: readonly Row[]): CodeRecord[] =>
  list.map(([code, means, mend]) => ({ code, means, mend, about }));

/** Every code this room can find, in the order of the reference. Plugins add codes of their own. */
export const CODES: readonly CodeRecord[] = [
  ...rows("source", SOURCE),
  ...rows("shape", SHAPE),
  ...rows("graph", GRAPH),
  ...rows("expression", EXPRESSION),
  ...rows("stageType", STAGE_TYPE),
  ...rows("inputs", INPUTS),
  ...rows("test", TEST_CODES),
];

const byCode: ReadonlyMap<string, CodeInfo> = new Map(CODES.map((record) => [record.code, record]));

/**
 * What `--explain CODE` says; undefined, or the code most likely meant, where there is none. `more` are the codes that
 * plugins brought.
 */
export function explain(
  code: string,
  more: ReadonlyMap<string, CodeInfo> = new Map(),
): { readonly record?: CodeInfo; readonly meant?: string } {
  const record = byCode.get(code) ?? more.get(code);
  if (record !== undefined) return { record };
  const meant = nearest(code, [...byCode.keys(), ...more.keys()]);
  return meant === undefined ? {} : { meant };
}
