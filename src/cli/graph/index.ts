import type { GraphModel, GraphNode } from "../../observe/graph/model.js";
import { type AsciiOptions, asciiOf } from "./ascii/index.js";
import { dotOf } from "./dot.js";
import { mermaidOf } from "./mermaid.js";

export const FORMATS = ["ascii", "mermaid", "dot", "svg", "json"] as const;

export type Format = (typeof FORMATS)[number];

/** The main graph first; what follows it, such as `finally`, is drawn below where the format allows several. */
export async function draw(models: readonly GraphModel[], format: Format, options: AsciiOptions): Promise<string> {
  const [main, last] = models;
  if (!main) return "";
  switch (format) {
    case "ascii":
      return models
        .map((model, at) => (at === 0 ? "" : `${options.paint("bold", model.title)}\n`) + asciiOf(model, options))
        .join("\n\n");
    case "mermaid":
      return mermaidOf(joined(main, last));
    case "dot":
      return dotOf(joined(main, last));
    case "svg": {
      // The layout library is only loaded where a picture is asked for.
      const { svgOf } = await import("./svg.js");
      return svgOf(joined(main, last));
    }
    case "json":
      return JSON.stringify(models, null, 2);
  }
}

/** One picture: what runs at the end stands in it as a group that nothing leads to. */
function joined(main: GraphModel, last: GraphModel | undefined): GraphModel {
  if (!last) return main;
  const group: GraphNode = {
    id: "finally",
    uses: "when the run ends",
    kind: "group",
    notes: [],
    policies: [],
    inside: last,
  };
  return { ...main, nodes: [...main.nodes, group] };
}
