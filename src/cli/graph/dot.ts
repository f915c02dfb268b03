import type { GraphEdge, GraphModel } from "../../observe/graph/model.js";
import { isPassedBy, type Tone, toneOf } from "./tone.js";

const FILLS: Readonly<Record<Tone, string>> = { good: "#dcfce7", bad: "#fee2e2", busy: "#fef9c3", off: "#f4f4f5" };

const MARKED = ', color="#6366f1", penwidth=2';

/** Graphviz text, with a cluster for each group. */
export function dotOf(model: GraphModel): string {
  const lines = [
    `digraph ${quote(model.title)} {`,
    "  compound=true; rankdir=TB; nodesep=0.3;",
    '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica", fontsize=11];',
    '  edge [fontname="Helvetica", fontsize=9, color="#71717a"];',
  ];
  emit(model, "  ", lines);
  lines.push("}");
  return lines.join("\n");
}

function emit(model: GraphModel, indent: string, lines: string[]): void {
  for (const node of model.nodes) {
    const policies = node.policies.map((line) => `§ ${line}`);
    const label = [node.id.slice(node.id.lastIndexOf("/") + 1), node.uses, ...node.notes, ...policies].join("\n");
    if (node.inside) {
      lines.push(`${indent}subgraph ${quote(`cluster ${node.id}`)} {`, `${indent}  label=${quote(label)};`);
      // Edges of a group end at an invisible point inside, because DOT has none between clusters.
      lines.push(`${indent}  ${quote(node.id)} [shape=point, style=invis];`);
      emit(node.inside, `${indent}  `, lines);
      lines.push(`${indent}}`);
      continue;
    }
    const fill = node.status === undefined ? "" : `, fillcolor=${quote(FILLS[toneOf(node.status)])}`;
    const ink = isPassedBy(node) ? ', color="#d4d4d8", fontcolor="#71717a"' : policies.length > 0 ? MARKED : "";
    lines.push(`${indent}${quote(node.id)} [label=${quote(label)}${fill}${ink}];`);
  }
  const groups = new Set(model.nodes.filter(({ inside }) => inside).map(({ id }) => id));
  for (const edge of model.edges) lines.push(`${indent}${edgeText(edge, groups)}`);
}

function edgeText({ from, to, outcome, mode, isDead }: GraphEdge, groups: ReadonlySet<string>): string {
  const attributes = [
    ...(outcome === undefined ? [] : [`label=${quote(outcome)}`]),
    ...(mode === "all" ? [] : ["style=dashed"]),
    ...(isDead === true ? ['color="#d4d4d8"', 'fontcolor="#a1a1aa"'] : []),
    ...(groups.has(from) ? [`ltail=${quote(`cluster ${from}`)}`] : []),
    ...(groups.has(to) ? [`lhead=${quote(`cluster ${to}`)}`] : []),
  ];
  return `${quote(from)} -> ${quote(to)}${attributes.length > 0 ? ` [${attributes.join(", ")}]` : ""};`;
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
