import type { GraphEdge, GraphModel } from "../../observe/graph/model.js";
import { type Paint, paintStatus } from "../render/style.js";
import { table } from "../render/table.js";
import { layered } from "./layers.js";

/** A graph that is too wide to draw: its stages by depth, each with what it needs. */
export function listOf(model: GraphModel, paint: Paint): string {
  const rows = ranked(model).flatMap((layer, depth) => layer.map((node, at) => ({ node, depth, isFirst: at === 0 })));
  const showStatus = model.nodes.some(({ status }) => status !== undefined);
  return table(
    rows,
    [
      { title: "DEPTH", cell: ({ depth, isFirst }) => (isFirst ? String(depth + 1) : ""), align: "right" },
      { title: "STAGE", cell: ({ node }) => node.id },
      { title: "USES", cell: ({ node }) => [node.uses, ...node.notes, ...node.policies].join(", ") },
      ...(showStatus
        ? [{ title: "STATUS", cell: (row: (typeof rows)[number]) => paintStatus(paint, row.node.status ?? "pending") }]
        : []),
      { title: "NEEDS", cell: ({ node }) => needsText(model.edges.filter(({ to }) => to === node.id)) },
    ],
    (head) => paint("dim", head),
  );
}

function ranked(model: GraphModel) {
  const nodes = new Map(model.nodes.map((node) => [node.id, node]));
  return layered(model).layers.map((layer) =>
    layer.map(({ node }) => nodes.get(node ?? "")).filter((node) => node !== undefined),
  );
}

/** `a, b.approved, any of (c, d)`. */
function needsText(edges: readonly GraphEdge[]): string {
  const needs = new Map<number, GraphEdge[]>();
  for (const edge of edges) needs.set(edge.need, [...(needs.get(edge.need) ?? []), edge]);
  return [...needs.values()]
    .map((need) => {
      const names = need.map(({ from, outcome }) => (outcome === undefined ? from : `${from}.${outcome}`)).join(", ");
      const [{ mode, count } = { mode: "all", count: 1 }] = need;
      if (mode === "all") return names;
      return mode === "settled" ? `settled (${names})` : `any${count > 1 ? ` ${count}` : ""} of (${names})`;
    })
    .join(", ");
}
