import { add, type Bits, bitsOf, contains, intersection, intersects, isEmpty, membersOf } from "./bits.js";

/** How many cells one table's analysis looks at before it says that it stopped. */
export const CELL_LIMIT = 50_000;

/** One part of the table's input space: some regions of each column. A row is one: the regions its cells take. */
export type Box = readonly Bits[];

/** The rows as boxes, and for each column and region the rows that take it. */
export interface Cover {
  readonly boxes: readonly Box[];
  readonly takers: readonly (readonly Bits[])[];
}

export interface Budget {
  left: number;
}

export function coverOf(boxes: readonly Box[], regionCounts: readonly number[]): Cover {
  const takers = regionCounts.map((count, column) => {
    const rows: number[][] = Array.from({ length: count }, () => []);
    boxes.forEach((box, index) => {
      for (const region of membersOf(box[column] as Bits)) rows[region]?.push(index);
    });
    return rows.map((list) => bitsOf(boxes.length, list));
  });
  return { boxes, takers };
}

/**
 * Boxes within `space` that none of `rows` takes; at most `limit`. Regions of a column that the rows still in question
 * treat alike are followed as one, so the product of all columns is rarely walked.
 */
export function uncovered(cover: Cover, rows: readonly number[], space: Box, budget: Budget, limit: number): Box[] {
  const found: Box[] = [];
  const completeFrom = completeRows(cover, rows, space);
  const visit = (column: number, left: Bits, path: Box) => {
    if (found.length >= limit || budget.left <= 0) return;
    if (isEmpty(left)) {
      found.push([...path, ...space.slice(column)]);
      return;
    }
    if (intersects(left, completeFrom[column] as Bits)) return;
    const regions = membersOf(space[column] as Bits);
    budget.left -= regions.length;
    for (const group of alike(regions, left, cover.takers[column] as readonly Bits[])) {
      visit(column + 1, group.rows, [...path, bitsOf((space[column] as Bits).length * 32, group.regions)]);
    }
  };
  visit(0, bitsOf(cover.boxes.length, rows), []);
  return found;
}

/** The box both take, or undefined. */
export function overlap(one: Box, other: Box): Box | undefined {
  if (!one.every((regions, column) => intersects(regions, other[column] as Bits))) return undefined;
  return one.map((regions, column) => intersection(regions, other[column] as Bits));
}

/** For each column: the rows that take all of the space from there on. After the last column, every row does. */
function completeRows({ boxes }: Cover, rows: readonly number[], space: Box): Bits[] {
  const complete = Array.from({ length: space.length + 1 }, () => bitsOf(boxes.length, []));
  for (const row of rows) {
    for (let column = space.length; column >= 0; column--) {
      if (column < space.length && !contains(boxes[row]?.[column] as Bits, space[column] as Bits)) break;
      add(complete[column] as Bits, row);
    }
  }
  return complete;
}

function alike(regions: readonly number[], left: Bits, takers: readonly Bits[]) {
  const groups = new Map<string, { regions: number[]; rows: Bits }>();
  for (const region of regions) {
    const rows = intersection(left, takers[region] as Bits);
    const key = rows.join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { regions: [region], rows });
    else group.regions.push(region);
  }
  return groups.values();
}
