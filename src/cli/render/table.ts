import { stripVTControlCharacters } from "node:util";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly align?: "right";
}

/** Aligned columns, two spaces apart; the last one is not padded. Colours in cells do not count as width. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  head = (text: string) => text,
): string {
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row).replaceAll("\n", " ")));
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...cells.map((row) => width(row[at] ?? ""))));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, at) => pad(text, at === texts.length - 1 ? 0 : (widths[at] ?? 0), columns[at]?.align))
      .join("  ")
      .trimEnd();
  return [head(line(columns.map(({ title }) => title))), ...cells.map(line)].join("\n");
}

export function width(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** `text` cut to `max` places, with an ellipsis where something is missing. */
export function shorten(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join("")}…`;
}

function pad(text: string, to: number, align?: "right"): string {
  const space = " ".repeat(Math.max(0, to - width(text)));
  return align === "right" ? space + text : text + space;
}
