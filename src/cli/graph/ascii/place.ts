import type { GraphEdge, GraphModel, GraphNode } from "../../../observe/graph/model.js";
import type { Paint } from "../../render/style.js";
import { signOf } from "../../render/style.js";
import { shorten } from "../../render/table.js";
import type { Layered, Slot } from "../layers.js";
import { isPassedBy } from "../tone.js";

/** A line of text inside a box. */
export interface BoxLine {
  readonly text: string;
  readonly format?: Parameters<Paint>[0];
}

/** Where a slot stands: columns from 0. A slot where an edge passes has no lines and is one column wide. */
export interface Box {
  readonly slot: Slot;
  readonly lines: readonly BoxLine[];
  readonly width: number;
  /** Outcomes that leave it, in order from left to right; empty text is the plain edge. */
  readonly outcomes: readonly string[];
  /** Of these, those by which it did not end in the run. */
  readonly dead: ReadonlySet<string>;
  /** Needs that enter it, from left to right. */
  readonly entries: readonly Entry[];
  x: number;
}

/** One place at the top of a box where edges arrive: all plain needs together, or one `anyOf`. */
export interface Entry {
  readonly key: string;
  readonly label: string;
}

const GAP = 3;
const TEXT_MAX = 34;

export function place(model: GraphModel, { layers, links }: Layered): readonly (readonly Box[])[] {
  const nodes = new Map(model.nodes.map((node) => [node.id, node]));
  const boxes = layers.map((layer) => layer.map((slot) => boxOf(slot, nodes.get(slot.node ?? ""), model.edges)));
  const byKey = new Map(boxes.flat().map((box) => [box.slot.key, box]));
  const pulls = new Map<string, { above: Box[]; below: Box[] }>();
  for (const { slot } of boxes.flat()) pulls.set(slot.key, { above: [], below: [] });
  for (const { from, to } of links) {
    const [upper, lower] = [byKey.get(from) as Box, byKey.get(to) as Box];
    pulls.get(from)?.below.push(lower);
    pulls.get(to)?.above.push(upper);
  }
  for (const layer of boxes) spread(layer, () => undefined);
  for (let sweep = 0; sweep < 6; sweep++) {
    const down = sweep % 2 === 0;
    for (const layer of down ? boxes : [...boxes].reverse()) {
      spread(layer, (box) => middleOf(down ? pulls.get(box.slot.key)?.above : pulls.get(box.slot.key)?.below));
    }
  }
  const left = Math.min(...boxes.flat().map(({ x }) => x));
  for (const box of boxes.flat()) box.x -= left;
  return boxes;
}

export function centre(box: Box): number {
  return box.x + Math.floor(box.width / 2);
}

/** What an entry of `needs` is called in a drawing: nothing for those that all must hold. */
export function entryOf({ need, mode, count }: GraphEdge): Entry {
  if (mode === "all") return { key: "all", label: "" };
  const label = mode === "settled" ? "settled" : count === 1 ? "any" : `any ${count}`;
  return { key: `${need}`, label };
}

function boxOf(slot: Slot, node: GraphNode | undefined, edges: readonly GraphEdge[]): Box {
  if (!node) return { slot, lines: [], width: 1, outcomes: [], dead: new Set(), entries: [], x: 0 };
  const outcomes = [...new Set(edges.filter(({ from }) => from === node.id).map(({ outcome }) => outcome ?? ""))];
  const entries = new Map(edges.filter(({ to }) => to === node.id).map((edge) => [entryOf(edge).key, entryOf(edge)]));
  const dead = new Set(
    edges.flatMap(({ from, outcome = "", isDead }) => (from === node.id && isDead ? [outcome] : [])),
  );
  const lines = linesOf(node);
  const text = Math.max(...lines.map((line) => [...line.text].length)) + 4;
  const ports = (labels: readonly string[]) => labels.reduce((sum, label) => sum + label.length + 3, 2);
  const width = Math.max(text, ports(outcomes), ports([...entries.values()].map(({ label }) => label)));
  return { slot, lines, width, outcomes, dead, entries: [...entries.values()], x: 0 };
}

function linesOf(node: GraphNode): readonly BoxLine[] {
  const name = node.id.slice(node.id.lastIndexOf("/") + 1);
  const lines: BoxLine[] = [
    { text: shorten(name, TEXT_MAX), format: isPassedBy(node) ? "dim" : "bold" },
    { text: shorten(node.inside ? "group, below" : node.uses, TEXT_MAX), format: "dim" },
    ...node.notes.map((note): BoxLine => ({ text: shorten(note, TEXT_MAX), format: "dim" })),
    ...node.policies.map((text): BoxLine => ({ text: shorten(`§ ${text}`, TEXT_MAX), format: "magenta" })),
  ];
  if (node.status === undefined) return lines;
  const [sign, format] = signOf(node.status);
  return [...lines, { text: shorten(`${sign} ${node.status}`, TEXT_MAX), format }];
}

function middleOf(boxes: readonly Box[] | undefined): number | undefined {
  if (!boxes || boxes.length === 0) return undefined;
  return boxes.reduce((sum, box) => sum + box.x + box.width / 2, 0) / boxes.length;
}

/**
 * Puts each box as near to where it is pulled as the order and the gaps allow: least squares by pooling neighbours
 * that would overlap.
 */
function spread(layer: readonly Box[], pull: (box: Box) => number | undefined): void {
  let offset = 0;
  const pools: { sum: number; boxes: { box: Box; offset: number }[] }[] = [];
  for (const box of layer) {
    const wanted = pull(box);
    const at = wanted === undefined ? box.x : wanted - box.width / 2;
    pools.push({ sum: at - offset, boxes: [{ box, offset }] });
    offset += box.width + GAP;
    for (let last = pools.at(-1), before = pools.at(-2); last && before; last = pools.at(-1), before = pools.at(-2)) {
      if (before.sum / before.boxes.length <= last.sum / last.boxes.length) break;
      before.sum += last.sum;
      before.boxes.push(...last.boxes);
      pools.pop();
    }
  }
  for (const { sum, boxes } of pools) {
    const start = Math.round(sum / boxes.length);
    for (const { box, offset: own } of boxes) box.x = start + own;
  }
}
