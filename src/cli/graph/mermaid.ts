import type { GraphEdge, GraphModel, GraphNode } from "../../observe/graph/model.js";
import { toneOf } from "./tone.js";

/** Mermaid flowchart text, with a subgraph for each group. */
export function mermaidOf(model: GraphModel): string {
  const lines = ["flowchart TD"];
  emit(model, "  ", lines);
  for (const [tone, style] of Object.entries(CLASSES)) lines.push(`  classDef ${tone} ${style}`);
  return lines.join("\n");
}

const CLASSES: Readonly<Record<string, string>> = {
  good: "fill:#dcfce7,stroke:#16a34a,color:#14532d",
  bad: "fill:#fee2e2,stroke:#dc2626,color:#7f1d1d",
  busy: "fill:#fef9c3,stroke:#ca8a04,color:#713f12",
  off: "fill:#f4f4f5,stroke:#a1a1aa,color:#52525b",
};

/** Shapes tell people, routing and structure from work. */
function shape(node: GraphNode, label: string): string {
  if (node.uses === "approval") return `[/"${label}"/]`;
  if (node.uses === "switch" || node.uses === "rules") return `{{"${label}"}}`;
  return node.kind === "wait" || node.kind === "end" ? `(["${label}"])` : `["${label}"]`;
}

function emit(model: GraphModel, indent: string, lines: string[]): void {
  for (const node of model.nodes) {
    if (node.inside) {
      lines.push(`${indent}subgraph ${name(node.id)}["${text(short(node.id))}"]`);
      emit(node.inside, `${indent}  `, lines);
      lines.push(`${indent}end`);
      continue;
    }
    const label = [short(node.id), node.uses, ...node.notes].map(text).join("<br/>");
    const tone = node.status === undefined ? "" : `:::${toneOf(node.status)}`;
    lines.push(`${indent}${name(node.id)}${shape(node, label)}${tone}`);
  }
  for (const edge of model.edges) lines.push(`${indent}${name(edge.from)} ${arrow(edge)} ${name(edge.to)}`);
}

/** Dotted where the edge is one of several that would do. */
function arrow({ outcome, mode }: GraphEdge): string {
  const line = mode === "all" ? "-->" : "-.->";
  return outcome === undefined ? line : `${line}|"${text(outcome)}"|`;
}

/** Ids that Mermaid reads as one word; `end` alone would close a subgraph. */
function name(id: string): string {
  return `n_${id.replaceAll("/", "__")}`;
}

function short(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

function text(raw: string): string {
  return raw.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
