import type { Diagnostic } from "../core/diagnostic.js";
import type { Source } from "./source.js";

const MARK = "stagecraft-ignore";
const COMMENT = /#\s*stagecraft-ignore\s+([a-z-]+(?:[\s,]+[a-z-]+)*)/;

/** Leaves out warnings that a comment of the file, on their line or the line before, names. Errors cannot be silenced. */
export function silence({ file, text }: Source, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (!text.includes(MARK) || diagnostics.every(({ severity }) => severity === "error")) return diagnostics;
  const named = new Map<number, readonly string[]>();
  for (const [index, line] of text.split("\n").entries()) {
    const codes = COMMENT.exec(line)?.[1];
    if (codes !== undefined) named.set(index + 1, codes.split(/[\s,]+/));
  }
  return diagnostics.filter(({ severity, code, file: place, range: { start } }) => {
    if (severity === "error" || place !== file) return true;
    return ![start.line, start.line - 1].some((line) => named.get(line)?.includes(code));
  });
}
