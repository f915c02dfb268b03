import type { Diagnostic, Range } from "./diagnostic.js";

const MAX_WIDTH = 160;

/**
 * One finding for people: where, how bad, what; the line it is about with the place underlined; what to do.
 * `sourceText` is the whole file; without the line in it, the frame is left out. No colour, no trailing newline.
 */
export function formatDiagnostic(diagnostic: Diagnostic, sourceText: string): string {
  const { file, range, severity, message, code, help } = diagnostic;
  const lines = [`${file}:${range.start.line}:${range.start.column} ${severity} ${message} [${code}]`];
  lines.push(...frame(range, sourceText));
  if (help !== undefined) lines.push(`  help: ${help}`);
  return lines.join("\n");
}

function frame({ start, end }: Range, text: string): string[] {
  const from = start.offset - (start.column - 1);
  const newline = text.indexOf("\n", from);
  const line = text.slice(from, newline === -1 ? text.length : newline).replace(/\r$/, "");
  if (line.trim() === "" || line.length > MAX_WIDTH * 10) return [];
  const number = String(start.line);
  const gutter = " ".repeat(number.length);
  const last = end.line > start.line ? line.length + 1 : end.column;
  const length = Math.max(1, Math.min(last, line.length + 1) - start.column);
  // Tabs are kept in the padding, so that the mark stands below its text whatever their width.
  const padding = line.slice(0, start.column - 1).replace(/[^\t]/g, " ");
  const { shown, before } = crop(line, start.column - 1);
  const mark = `^${"~".repeat(Math.min(length, MAX_WIDTH) - 1)}`;
  return [`  ${number} | ${shown}`, `  ${gutter} | ${padding.slice(before)}${mark}`];
}

/** Cuts a very long line around the place; `before` is how much of its front is gone. */
function crop(line: string, at: number): { shown: string; before: number } {
  if (line.length <= MAX_WIDTH) return { shown: line, before: 0 };
  const before = Math.max(0, Math.min(at - 40, line.length - MAX_WIDTH));
  return { shown: line.slice(before, before + MAX_WIDTH), before };
}
