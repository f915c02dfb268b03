/** How many cells one table's analysis looks at before it says that it stopped. */
export const CELL_LIMIT = 50_000;

/** For each row and column: which of the column's regions the row takes, as sorted indexes. */
export type Grid = readonly (readonly (readonly number[])[])[];

/** One part of the table's input space: chosen regions, column by column. */
export type Box = readonly (readonly number[])[];

export interface Budget {
  left: number;
}

/**
 * Boxes within `space` that none of `rows` takes; at most `limit`. Regions that the rows still in question treat alike
 * are looked at once, so a table is rarely worth more cells than it has rows.
 */
export function uncovered(grid: Grid, rows: readonly number[], space: Box, budget: Budget, limit: number): Box[] {
  const found: Box[] = [];
  const takesAllFrom = new Map(rows.map((row) => [row, firstFullColumn(grid[row] as Box, space)]));
  const visit = (column: number, left: readonly number[], path: Box) => {
    if (found.length >= limit || budget.left-- <= 0) return;
    if (left.length === 0) {
      found.push([...path, ...space.slice(column)]);
      return;
    }
    if (left.some((row) => (takesAllFrom.get(row) as number) <= column)) return;
    for (const { regions, survivors } of groups(grid, left, column, space[column] ?? [])) {
      visit(column + 1, survivors, [...path, regions]);
    }
  };
  visit(0, rows, []);
  return found;
}

/** Is there a box that both rows take? */
export function overlap(one: Box, other: Box): Box | undefined {
  const common: number[][] = [];
  for (const [column, regions] of one.entries()) {
    const both = regions.filter((region) => other[column]?.includes(region));
    if (both.length === 0) return undefined;
    common.push(both);
  }
  return common;
}

/** The first column from which on a row takes the whole space. */
function firstFullColumn(row: Box, space: Box): number {
  let column = space.length;
  while (column > 0 && space[column - 1]?.every((region) => row[column - 1]?.includes(region))) column--;
  return column;
}

function groups(grid: Grid, rows: readonly number[], column: number, regions: readonly number[]) {
  const byRows = new Map<string, { regions: number[]; survivors: number[] }>();
  for (const region of regions) {
    const survivors = rows.filter((row) => grid[row]?.[column]?.includes(region));
    const key = survivors.join();
    const group = byRows.get(key);
    if (group === undefined) byRows.set(key, { regions: [region], survivors });
    else group.regions.push(region);
  }
  return byRows.values();
}
