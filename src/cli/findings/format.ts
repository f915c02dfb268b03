import type { Diagnostic } from "../../core/diagnostic.js";
import type { JsonObject } from "../../core/json.js";

/** A definition as the formats show it. */
export interface Checked {
  /** As shown to people: relative to the working folder where that is shorter. */
  readonly file: string;
  /** By file: the definition and what it reads in. */
  readonly texts: ReadonlyMap<string, string>;
  readonly id: string | null;
  readonly valid: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** What `--format` takes. */
export const FORMATS = ["pretty", "json", "sarif", "github"] as const;
export type Format = (typeof FORMATS)[number];

/** `--strict`: what is a warning otherwise counts as an error. */
export function hardened(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.map((found) => ({ ...found, severity: "error" }));
}

/** The document of `--json` and `--format json`. */
export function validationDocument(checked: readonly Checked[]): JsonObject {
  return {
    valid: checked.every(({ valid }) => valid),
    definitions: checked.map(({ file, id, valid, diagnostics }) => ({
      file,
      id,
      valid,
      diagnostics: diagnostics as unknown as JsonObject[],
    })),
  };
}
