import type { Diagnostic } from "../core/diagnostic.js";
import type { Json } from "../core/json.js";

/** Why a case fails, before its place in the file is known. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  /** Into the test file. */
  readonly path: readonly (string | number)[];
  readonly atKey?: boolean;
  readonly expected?: Json;
  readonly actual?: Json;
}

/** Why a case fails, at its place in the test file. */
export type CaseFailure = Diagnostic & Pick<Problem, "expected" | "actual">;
