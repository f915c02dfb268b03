import type { GraphModel } from "../../observe/graph/model.js";

/** A place in a layer: a stage, or a point where a longer edge passes through. */
export interface Slot {
  /** The node's id; undefined where an edge passes. */
  readonly node?: string;
  readonly key: string;
}

/** Two slots of adjacent layers; `edge` is the index of the edge it is part of. */
export interface Link {
  readonly from: string;
  readonly to: string;
  readonly edge: number;
}

export interface Layered {
  readonly layers: readonly (readonly Slot[])[];
  readonly links: readonly Link[];
}

/** Every stage one layer below the last stage it needs, with few crossings. Deterministic. */
export function layered(model: GraphModel): Layered {
  const rank = ranks(model);
  const layers: Slot[][] = [];
  const place = (at: number, slot: Slot): void => {
    layers[at] ??= [];
    layers[at].push(slot);
  };
  for (const { id } of model.nodes) place(rank.get(id) ?? 0, { node: id, key: id });
  const links: Link[] = [];
  model.edges.forEach((edge, index) => {
    const [first, last] = [rank.get(edge.from) ?? 0, rank.get(edge.to) ?? 0];
    let from = edge.from;
    for (let at = first + 1; at < last; at++) {
      // Edges that start at one outcome run together until they part.
      const key = `${edge.from}.${edge.outcome ?? ""}@${at}`;
      if (!layers[at]?.some((slot) => slot.key === key)) place(at, { key });
      links.push({ from, to: key, edge: index });
      from = key;
    }
    links.push({ from, to: edge.to, edge: index });
  });
  return { layers: order(layers, links), links };
}

function ranks(model: GraphModel): ReadonlyMap<string, number> {
  const needs = new Map<string, string[]>();
  for (const { from, to } of model.edges) needs.set(to, [...(needs.get(to) ?? []), from]);
  const rank = new Map<string, number>();
  const open = [...model.nodes].reverse().map(({ id }) => id);
  while (open.length > 0) {
    const id = open.at(-1) as string;
    const missing = (needs.get(id) ?? []).filter((from) => !rank.has(from));
    if (missing.length > 0 && !rank.has(id)) {
      open.push(...missing);
      continue;
    }
    open.pop();
    if (!rank.has(id)) rank.set(id, Math.max(-1, ...(needs.get(id) ?? []).map((from) => rank.get(from) ?? 0)) + 1);
  }
  return rank;
}

/** Sweeps down and up, putting each slot near the middle of its neighbours. */
function order(layers: readonly Slot[][], links: readonly Link[]): readonly (readonly Slot[])[] {
  const above = neighbours(links, "to", "from");
  const below = neighbours(links, "from", "to");
  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(best, links);
  let current = best;
  for (let sweep = 0; sweep < 8 && fewest > 0; sweep++) {
    const down = sweep % 2 === 0;
    current = sorted(current, down ? above : below, down);
    const count = crossings(current, links);
    if (count < fewest) [best, fewest] = [current, count];
  }
  return best;
}

function neighbours(links: readonly Link[], of: "from" | "to", are: "from" | "to"): ReadonlyMap<string, string[]> {
  const map = new Map<string, string[]>();
  for (const link of links) map.set(link[of], [...(map.get(link[of]) ?? []), link[are]]);
  return map;
}

function sorted(layers: readonly Slot[][], near: ReadonlyMap<string, string[]>, down: boolean): Slot[][] {
  const result = layers.map((layer) => [...layer]);
  const places = new Map<string, number>();
  const note = (layer: readonly Slot[]): void => {
    for (const [at, { key }] of layer.entries()) places.set(key, (at + 0.5) / layer.length);
  };
  for (const layer of result) note(layer);
  const walk = down ? result : [...result].reverse();
  for (const layer of walk) {
    const middle = new Map(
      layer.map((slot) => {
        const around = (near.get(slot.key) ?? []).map((key) => places.get(key) ?? 0);
        const own = places.get(slot.key) ?? 0;
        return [slot.key, around.length === 0 ? own : around.reduce((sum, at) => sum + at, 0) / around.length];
      }),
    );
    layer.sort((a, b) => (middle.get(a.key) ?? 0) - (middle.get(b.key) ?? 0));
    note(layer);
  }
  return result;
}

function crossings(layers: readonly (readonly Slot[])[], links: readonly Link[]): number {
  const place = new Map<string, number>();
  const layerOf = new Map<string, number>();
  layers.forEach((layer, depth) => {
    layer.forEach((slot, at) => {
      place.set(slot.key, at);
      layerOf.set(slot.key, depth);
    });
  });
  const gaps = new Map<number, (readonly [number, number])[]>();
  for (const { from, to } of links) {
    const depth = layerOf.get(from) ?? 0;
    const pair = [place.get(from) ?? 0, place.get(to) ?? 0] as const;
    gaps.set(depth, [...(gaps.get(depth) ?? []), pair]);
  }
  let count = 0;
  for (const pairs of gaps.values()) {
    for (const [i, [a, b]] of pairs.entries()) {
      for (const [c, d] of pairs.slice(i + 1)) if ((a - c) * (b - d) < 0) count += 1;
    }
  }
  return count;
}
