import type { GraphEdge, GraphModel, GraphNode } from "../../observe/graph/model.js";
import { toneOf } from "./tone.js";

/** Mermaid flowchart text, with a subgraph for each group. */
export function mermaidOf(model: GraphModel): string {
  const lines = ["flowchart TD"];
  const edges: GraphEdge[] = [];
  emit(model, "  ", lines, edges);
  // Mermaid knows edges by their place in the whole text.
  const dead = edges.flatMap(({ isDead }, index) => (isDead === true ? [index] : []));
  if (dead.length > 0) lines.push(`  linkStyle ${dead.join(",")} stroke:#d4d4d8,color:#a1a1aa`);
  for (const [tone, style] of Object.entries(CLASSES)) lines.push(`  classDef ${tone} ${style}`);
  return lines.join("\n");
}

const CLASSES: Readonly<Record<string, string>> = {
  good: "fill:#dcfce7,stroke:#16a34a,color:#14532d",
  bad: "fill:#fee2e2,stroke:#dc2626,color:#7f1d1d",
  busy: "fill:#fef9c3,stroke:#ca8a04,color:#713f12",
  off: "fill:#f4f4f5,stroke:#d4d4d8,color:#71717a,stroke-dasharray:4 3",
  policy: "stroke:#6366f1,stroke-width:2px",
};

/** Shapes tell people, routing and structure from work. */
function shape(node: GraphNode, label: string): string {
  if (node.uses === "approval") return `[/"${label}"/]`;
  if (node.uses === "switch" || node.uses === "rules") return `{{"${label}"}}`;
  return node.kind === "wait" || node.kind === "end" ? `(["${label}"])` : `["${label}"]`;
}

function emit(model: GraphModel, indent: string, lines: string[], edges: GraphEdge[]): void {
  for (const node of model.nodes) {
    if (node.inside) {
      lines.push(`${indent}subgraph ${name(node.id)}["${text(short(node.id))}"]`);
      emit(node.inside, `${indent}  `, lines, edges);
      lines.push(`${indent}end`);
      continue;
    }
    const label = [short(node.id), node.uses, ...node.notes, ...node.policies.map((line) => `§ ${line}`)];
    const isGuarded = node.policies.length > 0 ? ":::policy" : "";
    const tone = node.status === undefined ? isGuarded : `:::${toneOf(node.status)}`;
    lines.push(`${indent}${name(node.id)}${shape(node, label.map(text).join("<br/>"))}${tone}`);
  }
  for (const edge of model.edges) {
    edges.push(edge);
    lines.push(`${indent}${name(edge.from)} ${arrow(edge)} ${name(edge.to)}`);
  }
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
