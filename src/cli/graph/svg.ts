import {
  type Layout,
  layoutOf,
  NODE,
  nameOf,
  type PlacedEdge,
  type PlacedNode,
  type Point,
  smallLines,
} from "../../observe/graph/layout.js";
import type { GraphModel } from "../../observe/graph/model.js";
import { isPassedBy, toneOf } from "./tone.js";

/** A self-contained SVG picture that follows the viewer's light or dark scheme. */
export function svgOf(model: GraphModel): string {
  const layout = layoutOf(model);
  const [width, height] = [Math.ceil(layout.width), Math.ceil(layout.height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${xml(model.title)}">`,
    `<title>${xml(model.title)}</title>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>',
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...draw(layout),
    "</svg>",
  ].join("\n");
}

interface Colours {
  readonly page: string;
  readonly box: string;
  readonly line: string;
  readonly ink: string;
  readonly soft: string;
  readonly good: string;
  readonly bad: string;
  readonly busy: string;
  readonly off: string;
  readonly kind: string;
}

const LIGHT: Colours = {
  page: "#fff",
  box: "#fafafa",
  line: "#a1a1aa",
  ink: "#18181b",
  soft: "#71717a",
  good: "#16a34a",
  bad: "#dc2626",
  busy: "#ca8a04",
  off: "#a1a1aa",
  kind: "#6366f1",
};

const DARK: Colours = {
  page: "#18181b",
  box: "#27272a",
  line: "#71717a",
  ink: "#fafafa",
  soft: "#a1a1aa",
  good: "#4ade80",
  bad: "#f87171",
  busy: "#facc15",
  off: "#71717a",
  kind: "#a5b4fc",
};

// Colours are written out: viewers other than browsers know no custom properties and would draw all of it black.
const STYLE = [
  "text{font-family:ui-sans-serif,system-ui,Helvetica,Arial,sans-serif;font-size:11px}.name{font-size:13px;font-weight:600}",
  ".group{fill:none;stroke-dasharray:5 4}.edge{fill:none;stroke-width:1.4}.any{stroke-dasharray:4 3}",
  ".label{text-anchor:middle;font-size:10.5px}.faded{opacity:.45}.marked{stroke-width:1.8}",
  coloured(LIGHT),
  `@media (prefers-color-scheme:dark){${coloured(DARK)}}`,
].join("");

function coloured({ page, box, line, ink, soft, good, bad, busy, off, kind }: Colours): string {
  const fills = { ".page": page, ".back": page, text: soft, ".name": ink, ".head": line, ".bar": kind };
  const tones = { ".person": busy, ".good": good, ".bad": bad, ".busy": busy, ".off": off };
  const rules = Object.entries({ ...fills, ...tones }).map(([which, colour]) => `${which}{fill:${colour}}`);
  return `.box{fill:${box};stroke:${line}}.marked{stroke:${kind}}.group,.edge{stroke:${line}}${rules.join("")}`;
}

function draw(layout: Layout): readonly string[] {
  return [...layout.edges.map(drawEdge), ...layout.nodes.flatMap(drawNode), ...layout.edges.flatMap(drawLabel)];
}

function drawNode(placed: PlacedNode): readonly string[] {
  const { node, x, y, width, height, inside } = placed;
  const tone = node.status === undefined ? undefined : toneOf(node.status);
  const bar = tone ?? (node.uses === "approval" ? "person" : "bar");
  const small = smallLines(node);
  const body = inside
    ? [`<g transform="translate(${round((width - inside.width) / 2)} ${NODE.head})">`, ...draw(inside), "</g>"]
    : small.map(({ text, about }, at) => {
        const style = about === "stage" ? undefined : about === "policy" ? "bar" : tone;
        const named = style === undefined ? "" : ` class="${style}"`;
        return `<text x="16" y="${20 + NODE.line * (at + 1)}"${named}>${xml(text)}</text>`;
      });
  const faded = isPassedBy(node) ? ' class="faded"' : "";
  const box = inside ? "group" : node.policies.length > 0 ? "box marked" : "box";
  return [
    `<g transform="translate(${round(x)} ${round(y)})"${faded}>`,
    `<title>${xml(node.title ?? node.id)}</title>`,
    `<rect class="${box}" width="${round(width)}" height="${round(height)}" rx="8"/>`,
    `<rect class="${bar}" x="6" y="8" width="3.5" height="${inside ? 18 : round(height - 16)}" rx="1.75"/>`,
    `<text class="name" x="16" y="20">${xml(nameOf(node))}</text>`,
    ...body,
    "</g>",
  ];
}

function drawEdge({ edge, points }: PlacedEdge): string {
  const style = `edge${edge.mode === "all" ? "" : " any"}${edge.isDead === true ? " faded" : ""}`;
  return `<path class="${style}" marker-end="url(#head)" d="${curve(points)}"/>`;
}

function drawLabel({ edge, label }: PlacedEdge): readonly string[] {
  if (!label || edge.outcome === undefined) return [];
  const width = edge.outcome.length * NODE.small + 6;
  return [
    `<rect class="back" x="${round(label.x - width / 2)}" y="${round(label.y - 8)}" width="${round(width)}" height="15" rx="3"/>`,
    `<text class="${edge.isDead === true ? "label faded" : "label"}" x="${round(label.x)}" y="${round(label.y + 3.5)}">${xml(edge.outcome)}</text>`,
  ];
}

/** Rounds the corners of a line by curving through the middle of each piece. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (!first || !last) return "";
  const pieces = rest.slice(0, -1).map((point, at) => {
    const next = rest[at + 1] as Point;
    const end = at === rest.length - 2 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${round(point.x)} ${round(point.y)} ${round(end.x)} ${round(end.y)}`;
  });
  return `M${round(first.x)} ${round(first.y)}${pieces.join("")}${pieces.length === 0 ? `L${round(last.x)} ${round(last.y)}` : ""}`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
