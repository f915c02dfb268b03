import type { Diagnostic } from "../../core/diagnostic.js";

/**
 * One workflow command of GitHub Actions a finding: `::error file=…,line=…,col=…,title=…::message`. Columns only within
 * one line, which is what annotations allow.
 */
export function githubAnnotations(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(annotation).join("\n");
}

function annotation({ severity, file, range: { start, end }, code, message, help }: Diagnostic): string {
  const isOneLine = start.line === end.line;
  const properties = {
    file: file.replaceAll("\\", "/"),
    line: start.line,
    endLine: end.line,
    ...(isOneLine && { col: start.column, endColumn: end.column }),
    title: code,
  };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const text = help === undefined ? message : `${message}\nhelp: ${help}`;
  return `::${severity} ${written.join(",")}::${escapeText(text)}`;
}

function escapeText(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
