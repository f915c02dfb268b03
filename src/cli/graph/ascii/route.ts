import type { GraphModel } from "../../../observe/graph/model.js";
import type { Layered } from "../layers.js";
import { type Box, centre, entryOf } from "./place.js";

/** Edges between two layers that share all their targets: one horizontal line, fed from above, leaving below. */
export interface Net {
  readonly sources: readonly number[];
  readonly targets: readonly number[];
  /** The row of its horizontal line, from 0; undefined: straight down. */
  track?: number;
}

/** The space below one layer. */
export interface Channel {
  readonly nets: readonly Net[];
  readonly tracks: number;
  /** Outcomes, written right of the line that leaves the box. */
  readonly outLabels: readonly (Label & { readonly isDead: boolean })[];
  /** Arrow heads, with what kind of need they enter. */
  readonly arrows: readonly Label[];
}

export interface Label {
  readonly x: number;
  readonly text: string;
}

interface Port {
  readonly id: string;
  readonly x: number;
}

export function route(model: GraphModel, layout: Layered, boxes: readonly (readonly Box[])[]): readonly Channel[] {
  const byKey = new Map(boxes.flat().map((box) => [box.slot.key, box]));
  const depth = new Map(boxes.flatMap((layer, at) => layer.map((box) => [box.slot.key, at] as const)));
  const straight = straightEntries(model, layout, byKey);
  const gaps = boxes
    .slice(1)
    .map(() => ({ links: new Map<string, Map<string, Port>>(), from: new Map<string, Port>() }));
  for (const { from, to, edge: index } of layout.links) {
    const edge = model.edges[index];
    const gap = gaps[depth.get(from) ?? 0];
    const [upper, lower] = [byKey.get(from), byKey.get(to)];
    if (!edge || !gap || !upper || !lower) continue;
    const source = outPort(upper, edge.outcome ?? "");
    const target = inPort(lower, entryOf(edge).key, straight.get(lower.slot.key));
    gap.from.set(source.id, source);
    gap.links.set(source.id, (gap.links.get(source.id) ?? new Map<string, Port>()).set(target.id, target));
  }
  return gaps.map(({ links, from }, at) => channel(links, from, boxes[at] ?? [], boxes[at + 1] ?? [], straight));
}

/** Columns where a box with a single line into it can have that line come straight down. */
function straightEntries(
  model: GraphModel,
  layout: Layered,
  byKey: ReadonlyMap<string, Box>,
): ReadonlyMap<string, number> {
  const columns = new Map<string, Set<number>>();
  for (const { from, to, edge } of layout.links) {
    const upper = byKey.get(from);
    const x = upper && outPort(upper, model.edges[edge]?.outcome ?? "").x;
    if (x !== undefined) columns.set(to, (columns.get(to) ?? new Set()).add(x));
  }
  const found = new Map<string, number>();
  for (const [key, [x, ...more]] of [...columns].map(([to, xs]) => [to, [...xs]] as const)) {
    const box = byKey.get(key);
    if (!box || x === undefined || more.length > 0 || box.entries.length !== 1) continue;
    if (x > box.x && x < box.x + box.width - 1) found.set(key, x);
  }
  return found;
}

function channel(
  links: ReadonlyMap<string, ReadonlyMap<string, Port>>,
  from: ReadonlyMap<string, Port>,
  upper: readonly Box[],
  lower: readonly Box[],
  straight: ReadonlyMap<string, number>,
): Channel {
  const nets = new Map<string, { sources: number[]; targets: number[] }>();
  for (const [source, targets] of links) {
    const key = [...targets.keys()].sort().join(" ");
    const net = nets.get(key) ?? { sources: [], targets: [...targets.values()].map(({ x }) => x) };
    net.sources.push(from.get(source)?.x ?? 0);
    nets.set(key, net);
  }
  const all: Net[] = [...nets.values()];
  return {
    nets: all,
    tracks: assignTracks(all),
    outLabels: upper.flatMap((box) =>
      box.outcomes
        .filter((outcome) => outcome !== "")
        .map((outcome) => ({ x: outPort(box, outcome).x + 1, text: outcome, isDead: box.dead.has(outcome) })),
    ),
    arrows: lower.flatMap((box) =>
      box.entries.map(({ key, label }) => ({
        x: inPort(box, key, straight.get(box.slot.key)).x,
        text: `▼${label && ` ${label}`}`,
      })),
    ),
  };
}

/** Gives each net the highest free row below those that must be above it; returns how many rows there are. */
function assignTracks(nets: readonly Net[]): number {
  const bent = nets.filter((net) => !isStraight(net));
  const waiting = new Set([...bent].sort((a, b) => span(a)[0] - span(b)[0]));
  const used: Net[][] = [];
  while (waiting.size > 0) {
    const open = [...waiting];
    // In a circle of nets that each must be above the other, the first gives way.
    const net = open.find((one) => !open.some((other) => other !== one && mustBeAbove(other, one))) ?? (open[0] as Net);
    waiting.delete(net);
    const floor = Math.max(-1, ...bent.filter((other) => mustBeAbove(other, net)).map(({ track }) => track ?? -1)) + 1;
    let track = floor;
    while (used[track]?.some((other) => overlap(other, net))) track += 1;
    used[track] = [...(used[track] ?? []), net];
    net.track = track;
  }
  return used.length;
}

/** A net that comes down a column must turn off before another goes on down it. */
function mustBeAbove(upper: Net, lower: Net): boolean {
  return upper !== lower && upper.sources.some((x) => lower.targets.includes(x));
}

function isStraight({ sources, targets }: Net): boolean {
  return sources.length === 1 && targets.length === 1 && sources[0] === targets[0];
}

function span({ sources, targets }: Net): readonly [number, number] {
  const columns = [...sources, ...targets];
  return [Math.min(...columns), Math.max(...columns)];
}

function overlap(a: Net, b: Net): boolean {
  const [[left, right], [from, to]] = [span(a), span(b)];
  return left <= to + 1 && from <= right + 1;
}

function outPort(box: Box, outcome: string): Port {
  if (box.lines.length === 0) return { id: `${box.slot.key}|${outcome}`, x: box.x };
  return { id: `${box.slot.key}|${outcome}`, x: portAt(box, box.outcomes, box.outcomes.indexOf(outcome)) };
}

function inPort(box: Box, entry: string, straight: number | undefined): Port {
  if (straight !== undefined) return { id: `${box.slot.key}|${entry}`, x: straight };
  if (box.lines.length === 0) return { id: box.slot.key, x: box.x };
  const keys = box.entries.map(({ key }) => key);
  const labels = box.entries.map(({ label }) => label);
  return { id: `${box.slot.key}|${entry}`, x: portAt(box, labels, keys.indexOf(entry)) };
}

/** One port stands in the middle; several share the width so that each has room for its label. */
function portAt(box: Box, labels: readonly string[], at: number): number {
  if (labels.length === 1) return centre(box);
  const taken = labels.reduce((sum, label) => sum + label.length + 3, 0);
  const spare = Math.max(0, box.width - 2 - taken) / labels.length;
  const before = labels.slice(0, at).reduce((sum, label) => sum + label.length + 3, 0);
  return box.x + 1 + Math.floor(before + spare * (at + 0.5));
}
