import type { Paint } from "../../render/style.js";

type Format = Parameters<Paint>[0];

/** Which sides of a cell a line leaves by. */
export const UP = 1;
export const DOWN = 2;
export const LEFT = 4;
export const RIGHT = 8;
const VERTICAL = UP | DOWN;
const HORIZONTAL = LEFT | RIGHT;

const LINES: Readonly<Record<number, string>> = {
  [UP]: "│",
  [DOWN]: "│",
  [VERTICAL]: "│",
  [LEFT]: "─",
  [RIGHT]: "─",
  [HORIZONTAL]: "─",
  [DOWN | RIGHT]: "┌",
  [DOWN | LEFT]: "┐",
  [UP | RIGHT]: "└",
  [UP | LEFT]: "┘",
  [VERTICAL | RIGHT]: "├",
  [VERTICAL | LEFT]: "┤",
  [DOWN | HORIZONTAL]: "┬",
  [UP | HORIZONTAL]: "┴",
  [VERTICAL | HORIZONTAL]: "┼",
};

/** Characters by row and column; lines join where they meet and hop where they only cross. */
export interface Canvas {
  text(x: number, y: number, text: string, format?: Format): void;
  /** Adds a piece of line. */
  line(x: number, y: number, sides: number): void;
  toString(paint: Paint): string;
}

interface Cell {
  char?: string;
  format?: Format | undefined;
  pieces: number[];
}

export function createCanvas(): Canvas {
  const rows: Cell[][] = [];
  const cell = (x: number, y: number): Cell => {
    rows[y] ??= [];
    rows[y][x] ??= { pieces: [] };
    return rows[y][x];
  };
  return {
    text: (x, y, text, format) => {
      for (const [at, char] of [...text].entries()) Object.assign(cell(x + at, y), { char, format });
    },
    line: (x, y, sides) => {
      cell(x, y).pieces.push(sides);
    },
    toString: (paint) => Array.from(rows, (row) => renderRow(row ?? [], paint)).join("\n"),
  };
}

function renderRow(row: readonly (Cell | undefined)[], paint: Paint): string {
  let text = "";
  let run = "";
  let format: Format | undefined;
  const flush = (): void => {
    text += format === undefined ? run : paint(format, run);
    run = "";
  };
  for (const cell of Array.from(row)) {
    const [char, next] = look(cell);
    if (next !== format) flush();
    format = next;
    run += char;
  }
  flush();
  return text.trimEnd();
}

function look(cell: Cell | undefined): readonly [string, Format | undefined] {
  if (cell?.char !== undefined) return [cell.char, cell.format];
  if (!cell || cell.pieces.length === 0) return [" ", undefined];
  const all = cell.pieces.reduce((sides, piece) => sides | piece, 0);
  const joins = cell.pieces.some((piece) => (piece & VERTICAL) !== 0 && (piece & HORIZONTAL) !== 0);
  const crosses = (all & VERTICAL) !== 0 && (all & HORIZONTAL) !== 0 && !joins;
  return [LINES[crosses ? all & VERTICAL : all] ?? "┼", "dim"];
}
