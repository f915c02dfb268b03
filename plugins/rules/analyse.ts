import type { Json } from "stagecraft/plugin";
import { type Bits, bitsOf, isEmpty, membersOf } from "./bits.js";
import { type Box, type Budget, CELL_LIMIT, type Cover, coverOf, overlap, uncovered } from "./cover.js";
import { caution, type Finding, fault } from "./finding.js";
import { listsRows } from "./hit.js";
import type { InputColumn, Row, Table } from "./model.js";
import { describe, type Region, regionsOf } from "./regions.js";

/** Row pairs compared for overlaps: about 2,000 rows. */
const PAIR_LIMIT = 2_000_000;
const EXAMPLES = 3;
const MAX_OVERLAPS = 20;

interface Space {
  readonly table: Table;
  readonly regions: readonly (readonly Region[])[];
  readonly cover: Cover;
  readonly all: Box;
  readonly budget: Budget;
}

/**
 * What the cells alone tell: values no row takes, rows that take the same ones, rows that can never match. A row with
 * `when` may match or not, so it closes a gap but neither overlaps nor hides another.
 */
export function analyse(table: Table): Finding[] {
  const space = spaceOf(table, false);
  const findings = [...impossible(space), ...gaps(space), ...overlaps(space), ...hidden(space)];
  if (space.budget.left <= 0) {
    findings.push(
      caution("rules-gap", ["rules"], `the table is too large to check whole: stopped after ${CELL_LIMIT} cells`),
    );
  }
  return findings;
}

/** True when some row matches whatever the facts are, null included where no schema rules it out. */
export function isComplete(table: Table): boolean {
  const space = spaceOf(table, true);
  const certain = indexes(table.rows).filter((index) => table.rows[index]?.when === undefined);
  return uncovered(space.cover, certain, space.all, space.budget, 1).length === 0 && space.budget.left > 0;
}

function spaceOf(table: Table, withNull: boolean): Space {
  const regions = table.inputs.map((_, index) => regionsOf(table, index, withNull));
  const boxes = table.rows.map((row) =>
    row.tests.map((test, column) => {
      const all = regions[column] as Region[];
      return bitsOf(
        all.length,
        indexes(all).filter((at) => test((all[at] as Region).sample) === true),
      );
    }),
  );
  const all = regions.map((list) => bitsOf(list.length, list.keys()));
  const cover = coverOf(
    boxes,
    regions.map((list) => list.length),
  );
  return { table, regions, cover, all, budget: { left: CELL_LIMIT } };
}

function gaps({ table, ...space }: Space): Finding[] {
  if (table.fallback !== undefined || listsRows(table) || table.aggregate !== undefined) return [];
  const open = uncovered(space.cover, indexes(table.rows), space.all, space.budget, EXAMPLES + 1);
  if (open.length === 0) return [];
  const shown = open.slice(0, EXAMPLES).map((box) => `{ ${describeBox({ table, ...space }, box)} }`);
  const more = open.length > EXAMPLES ? " and more" : "";
  const help = "add a row for it, or a `default`; without one every output is null there";
  return [caution("rules-gap", ["rules"], `no row takes ${shown.join("; ")}${more}`, help)];
}

function overlaps(space: Space): Finding[] {
  const { table } = space;
  const { boxes } = space.cover;
  if (table.hit !== "unique" && table.hit !== "any") return [];
  const rows = indexes(table.rows).filter((index) => table.rows[index]?.when === undefined);
  if (rows.length ** 2 / 2 > PAIR_LIMIT) {
    return [caution("rules-overlap", ["rules"], "the table has too many rows to look for overlaps")];
  }
  const findings: Finding[] = [];
  for (const later of rows) {
    for (const earlier of rows) {
      if (earlier >= later || findings.length >= MAX_OVERLAPS) break;
      const box = overlap(boxes[earlier] as Box, boxes[later] as Box);
      if (box === undefined || mayShare(table, earlier, later)) continue;
      const [one, other] = [table.rows[earlier] as Row, table.rows[later] as Row];
      const why = table.hit === "unique" ? "`hit: unique` allows one" : "their outputs differ";
      const message = `rows ${one.number} and ${other.number} both take { ${describeBox(space, box)} }, and ${why}`;
      findings.push(fault("rules-overlap", ["rules", other.number - 1], message));
    }
  }
  return findings;
}

/** Under `any`, rows may overlap when they answer alike; computed answers are only known at run time. */
function mayShare(table: Table, earlier: number, later: number): boolean {
  if (table.hit === "unique") return false;
  const [one, other] = [table.rows[earlier]?.answer, table.rows[later]?.answer];
  if (!one?.constant || !other?.constant) return true;
  const print = (answer: typeof one): string => JSON.stringify(answer.evaluate(() => undefined, { now: 0 }) as Json);
  return print(one) === print(other);
}

/** Rows no value of some column can pass, such as one outside the listed values. */
function impossible({ table, cover }: Space): Finding[] {
  return table.rows.flatMap((row, index) => {
    const column = cover.boxes[index]?.findIndex(isEmpty) ?? -1;
    if (column < 0) return [];
    const name = (table.inputs[column] as InputColumn).name;
    return [
      caution(
        "rules-unreachable",
        ["rules", row.number - 1],
        `row ${row.number} can never match: no ${name} passes its cell`,
      ),
    ];
  });
}

/** Rows that earlier ones leave nothing to, under `first`. */
function hidden({ table, cover, budget }: Space): Finding[] {
  if (table.hit !== "first") return [];
  return table.rows.flatMap((row, index) => {
    const own = cover.boxes[index] as Box;
    if (own.some(isEmpty)) return [];
    const earlier = indexes(table.rows.slice(0, index)).filter((at) => table.rows[at]?.when === undefined);
    const relevant = earlier.filter((at) => overlap(cover.boxes[at] as Box, own) !== undefined);
    if (uncovered(cover, relevant, own, budget, 1).length > 0 || budget.left <= 0) return [];
    const by = relevant.map((at) => table.rows[at]?.number).join(", ");
    const message = `row ${row.number} can never match: ${relevant.length > 1 ? `rows ${by} come` : `row ${by} comes`} first`;
    return [caution("rules-unreachable", ["rules", row.number - 1], message)];
  });
}

function describeBox({ table, regions }: Pick<Space, "table" | "regions">, box: Box): string {
  return table.inputs
    .map(({ name, kind }, column) => {
      const all = regions[column] as Region[];
      return `${name}: ${describe(
        kind,
        all,
        membersOf(box[column] as Bits).map((at) => all[at] as Region),
      )}`;
    })
    .join(", ");
}

function indexes(list: readonly unknown[]): number[] {
  return list.map((_, index) => index);
}
