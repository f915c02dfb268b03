import type { Diagnostic } from "../../core/diagnostic.js";
import { formatDiagnostic } from "../../core/diagnostic-text.js";
import { count } from "./lines.js";

/** All findings, an empty line between them; a code frame for those in a file whose text is there. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], texts: ReadonlyMap<string, string>): string {
  return diagnostics.map((found) => formatDiagnostic(found, texts.get(found.file) ?? "")).join("\n\n");
}

/** `2 errors, 1 warning`. */
export function countText(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  return [errors > 0 || warnings === 0 ? count(errors, "error") : "", warnings > 0 ? count(warnings, "warning") : ""]
    .filter((part) => part !== "")
    .join(", ");
}
