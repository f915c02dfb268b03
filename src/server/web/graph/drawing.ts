import { type Layout, nameOf, type Point, smallLines } from "../../../observe/graph/layout.js";

/** A graph ready to be drawn: everything in the coordinates of the whole. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}

export interface Box extends Point {
  /** Place in the graph, such as `checks/sanctions`. */
  readonly place: string;
  readonly name: string;
  readonly small: string;
  readonly width: number;
  readonly height: number;
  readonly isGroup: boolean;
}

export interface Line {
  readonly id: string;
  readonly path: string;
  readonly label?: Point & { readonly text: string };
  /** Corners of what it covers. */
  readonly from: Point;
  readonly to: Point;
}

/** One below the other. */
export function drawingOf(layouts: readonly Layout[]): Drawing {
  const boxes: Box[] = [];
  const lines: Line[] = [];
  let width = 0;
  let height = 0;
  for (const layout of layouts) {
    put(layout, { x: 0, y: height }, boxes, lines);
    width = Math.max(width, layout.width);
    height += layout.height;
  }
  return { width, height, boxes, lines };
}

function put(layout: Layout, at: Point, boxes: Box[], lines: Line[]): void {
  for (const { node, x, y, width, height, inside } of layout.nodes) {
    const corner = { x: at.x + x, y: at.y + y };
    const small = smallLines(node)[0]?.text ?? "";
    boxes.push({ place: node.id, name: nameOf(node), small, ...corner, width, height, isGroup: inside !== undefined });
    if (inside !== undefined) put(inside, { x: corner.x, y: corner.y + HEAD }, boxes, lines);
  }
  for (const { edge, points, label } of layout.edges) {
    const moved = points.map((point) => ({ x: at.x + point.x, y: at.y + point.y }));
    const xs = moved.map(({ x }) => x);
    const ys = moved.map(({ y }) => y);
    lines.push({
      id: `${edge.from}>${edge.to}:${edge.need}:${edge.outcome ?? ""}`,
      path: curve(moved),
      from: { x: Math.min(...xs), y: Math.min(...ys) },
      to: { x: Math.max(...xs), y: Math.max(...ys) },
      ...(label !== undefined && { label: { x: at.x + label.x, y: at.y + label.y, text: edge.outcome ?? "" } }),
    });
  }
}

/** The name of a group stands above what is inside. */
const HEAD = 34;

/** Through the middles between the points, so that there are no corners. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const parts = [`M${round(first)}`];
  rest.forEach((point, at) => {
    const next = rest[at + 1];
    if (next === undefined) parts.push(`L${round(point)}`);
    else parts.push(`Q${round(point)} ${round({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`);
  });
  return parts.join("");
}

function round({ x, y }: Point): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}
