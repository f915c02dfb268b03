import { formatDuration } from "stagecraft/plugin";
import { operandsOf } from "./cell.js";
import type { InputColumn, Table } from "./model.js";
import { type Kind, kindOfText, type Scalar } from "./scalar.js";

/**
 * A part of a column's values that no cell of the column tells apart, so one sample stands for all of it. An ordered
 * column's regions are its points and the gaps between them, in order; another's are its values and `other`.
 */
export interface Region {
  readonly sample: Scalar;
  /** An interval between two points; undefined is no limit on that side. */
  readonly between?: { readonly low: Scalar | undefined; readonly high: Scalar | undefined };
  /** Any value the table does not name. */
  readonly other?: true;
}

/** Cuts a column into regions. With `withNull`, null is one even where neither a schema nor a cell mentions it. */
export function regionsOf(table: Table, index: number, withNull: boolean): Region[] {
  const column = table.inputs[index] as InputColumn;
  const operands = table.rows.flatMap((row) => [...operandsOf(row.cells[index] as never)]) as {
    operand: Scalar;
    ordered: boolean;
  }[];
  const points = [...new Set(operands.map(({ operand }) => operand))].filter((value) => value !== null);
  const ordered = column.kind !== "string" ? column.kind !== "boolean" : operands.some((operand) => operand.ordered);
  const regions = partition(column, points, ordered).filter(
    ({ sample, other }) => other === true || column.domain.within(sample),
  );
  const { nullable } = column.domain;
  if (nullable === true || points.length < new Set(operands.map(({ operand }) => operand)).size) {
    regions.push({ sample: null });
  } else if (withNull && nullable === undefined) {
    regions.push({ sample: null });
  }
  return regions;
}

/** Some of a column's regions as the cell that would match them. */
export function describe(kind: Kind, all: readonly Region[], chosen: readonly Region[]): string {
  if (chosen.length === all.length) return "any";
  if (chosen.some((region) => region.other)) {
    const named = all.filter((region) => !chosen.includes(region)).map((region) => print(kind, region.sample));
    return named.length === 0 ? "any" : `not(${named.join(", ")})`;
  }
  const texts: string[] = [];
  for (let at = 0; at < chosen.length; ) {
    let end = at;
    while (follows(all, chosen[end], chosen[end + 1])) end++;
    texts.push(describeRun(kind, chosen[at] as Region, chosen[end] as Region));
    at = end + 1;
  }
  return texts.join(", ");
}

function partition(column: InputColumn, points: readonly Scalar[], ordered: boolean): Region[] {
  if (column.kind === "unknown") return [{ sample: "" }];
  if (column.kind === "boolean") return [{ sample: true }, { sample: false }];
  if (column.domain.values !== undefined) return column.domain.values.map((sample) => ({ sample }));
  if (!ordered) return [...points.map((sample) => ({ sample })), { sample: "\u0000other", other: true }];
  return column.kind === "string" ? cutText(points as string[]) : cutNumbers(column, points as number[]);
}

function cutNumbers(column: InputColumn, named: readonly number[]): Region[] {
  const points = [...new Set([...named, ...column.domain.bounds])].sort((a, b) => a - b);
  const regions: Region[] = [];
  const { integer } = column.domain;
  const gap = (low: number | undefined, high: number | undefined) => {
    const sample = sampleBetween(low, high, integer);
    if (sample !== undefined) regions.push({ sample, between: { low, high } });
  };
  gap(undefined, points[0]);
  points.forEach((point, at) => {
    if (!integer || Number.isInteger(point)) regions.push({ sample: point });
    gap(point, points[at + 1]);
  });
  return points.length === 0 ? regions.slice(0, 1) : regions;
}

function sampleBetween(low: number | undefined, high: number | undefined, integer: boolean): number | undefined {
  if (low === undefined) return high === undefined ? 0 : integer ? Math.ceil(high) - 1 : high - 1;
  if (integer) return high === undefined || Math.floor(low) + 1 < high ? Math.floor(low) + 1 : undefined;
  return high === undefined ? low + 1 : low + (high - low) / 2;
}

function cutText(named: readonly string[]): Region[] {
  const points = [...named].sort((a, b) => (a < b ? -1 : 1));
  const regions: Region[] = points[0] === "" ? [] : [{ sample: "", between: { low: undefined, high: points[0] } }];
  points.forEach((point, at) => {
    const high = points[at + 1];
    regions.push({ sample: point });
    if (`${point}\u0000` !== high) regions.push({ sample: `${point}\u0000`, between: { low: point, high } });
  });
  return regions;
}

/** Do two regions of an ordered column lie side by side? Integers between them count as nothing. */
function follows(all: readonly Region[], one: Region | undefined, next: Region | undefined): boolean {
  if (one === undefined || next === undefined || next.sample === null) return false;
  if (one.between === undefined && next.between === undefined) return false;
  return all.indexOf(next) === all.indexOf(one) + 1;
}

function describeRun(kind: Kind, first: Region, last: Region): string {
  const low = first.between ? first.between.low : first.sample;
  const high = last.between ? last.between.high : last.sample;
  if (first === last && first.between === undefined) return print(kind, first.sample);
  if (low === undefined && high === undefined) return "any";
  if (low === undefined) return `${last.between ? "<" : "<="} ${print(kind, high as Scalar)}`;
  if (high === undefined) return `${first.between ? ">" : ">="} ${print(kind, low)}`;
  return `${first.between ? "(" : "["}${print(kind, low)}..${print(kind, high)}${last.between ? ")" : "]"}`;
}

function print(kind: Kind, value: Scalar): string {
  if (kind === "time" && typeof value === "number") return new Date(value).toISOString().replace("T00:00:00.000Z", "");
  if (kind === "duration" && typeof value === "number") return formatDuration(value);
  if (typeof value !== "string") return String(value);
  return kindOfText(value) === "string" && /^[\p{L}\p{N}][\p{L}\p{N} _-]*$/u.test(value) ? value : `'${value}'`;
}
