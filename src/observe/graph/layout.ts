import dagre from "@dagrejs/dagre";
import type { GraphEdge, GraphModel, GraphNode } from "./model.js";

/** A laid-out graph: places in pixels, from the top left. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export interface PlacedNode {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** With a group: the graph inside, placed from the group's own top left. */
  readonly inside?: Layout;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
  /** Middle of the label. */
  readonly label?: Point;
}

export const NODE = { line: 16, padding: 12, head: 34, character: 8.2, small: 6.1 } as const;

/** From so many stages on the tidiest ranks are not worth their time, which grows with the square: 40 s for a thousand. */
const LARGE = 150;

/** A group is laid out by itself and then stands in its graph as one large node. */
export function layoutOf(model: GraphModel): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  const ranker = model.nodes.length > LARGE ? "longest-path" : "network-simplex";
  graph.setGraph({ ranker, rankdir: "TB", nodesep: 28, ranksep: 46, edgesep: 14, marginx: 16, marginy: 16 });
  const insides = new Map<string, Layout>();
  for (const node of model.nodes) {
    if (node.inside) insides.set(node.id, layoutOf(node.inside));
    graph.setNode(node.id, sizeOf(node, insides.get(node.id)));
  }
  model.edges.forEach((edge, index) => {
    const width = edge.outcome === undefined ? 0 : edge.outcome.length * NODE.small + 8;
    graph.setEdge(edge.from, edge.to, { width, height: width > 0 ? 16 : 0, labelpos: "c" }, String(index));
  });
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: model.nodes.map((node): PlacedNode => {
      const placed = graph.node(node.id);
      const inside = insides.get(node.id);
      const corner = { x: placed.x - placed.width / 2, y: placed.y - placed.height / 2 };
      return { node, ...corner, width: placed.width, height: placed.height, ...(inside ? { inside } : {}) };
    }),
    edges: model.edges.map((edge, index): PlacedEdge => {
      const placed = graph.edge({ v: edge.from, w: edge.to, name: String(index) });
      const points = placed.points.map(({ x, y }: Point) => ({ x, y }));
      if (edge.outcome === undefined || placed.x === undefined || placed.y === undefined) return { edge, points };
      return { edge, points, label: { x: placed.x, y: placed.y } };
    }),
  };
}

/** A line under a node's name. */
export interface SmallLine {
  readonly text: string;
  readonly about: "stage" | "status" | "policy";
}

export function smallLines(node: GraphNode): readonly SmallLine[] {
  return [
    { text: [node.uses, ...node.notes].join(" · "), about: "stage" },
    ...node.policies.map((line): SmallLine => ({ text: `§ ${line}`, about: "policy" })),
    ...(node.status === undefined ? [] : [{ text: node.status, about: "status" } as const]),
  ];
}

export function nameOf(node: GraphNode): string {
  return node.id.slice(node.id.lastIndexOf("/") + 1);
}

function sizeOf(node: GraphNode, inside: Layout | undefined): { width: number; height: number } {
  const small = smallLines(node);
  const text = Math.max(nameOf(node).length * NODE.character, ...small.map((line) => line.text.length * NODE.small));
  const width = Math.max(96, text + 2 * NODE.padding + 6);
  if (inside) return { width: Math.max(width, inside.width), height: inside.height + NODE.head };
  return { width, height: NODE.line * (1 + small.length) + NODE.padding };
}
