import type { Issue } from "stagecraft/plugin";

/** What is wrong with a ruleset, at a path below it, such as `["rules", 2, "tier"]`. */
export interface Finding extends Issue {
  readonly path: readonly (string | number)[];
  readonly atKey?: boolean;
}

export type Code =
  | "rules-table"
  | "rules-column"
  | "rules-cell"
  | "rules-output"
  | "rules-gap"
  | "rules-overlap"
  | "rules-unreachable"
  | "rules-version"
  | "rules-version-overlap"
  | "rules-version-gap";

export function fault(code: Code, path: Finding["path"], message: string, help?: string): Finding {
  return { code, severity: "error", path, message, ...(help === undefined ? {} : { help }) };
}

export function caution(code: Code, path: Finding["path"], message: string, help?: string): Finding {
  return { ...fault(code, path, message, help), severity: "warning" };
}
