import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { asciiOf } from "../../src/cli/graph/ascii/index.js";
import { dotOf } from "../../src/cli/graph/dot.js";
import { mermaidOf } from "../../src/cli/graph/mermaid.js";
import { svgOf } from "../../src/cli/graph/svg.js";
import type { Plan } from "../../src/core/plan.js";
import { layoutOf } from "../../src/observe/graph/layout.js";
import { type GraphEdge, type GraphModel, type GraphNode, modelOf } from "../../src/observe/graph/model.js";

const plain = { columns: 120, paint: (_format: unknown, text: string) => text };

function node(id: string, uses: string, more: Partial<GraphNode> = {}): GraphNode {
  return { id, uses, kind: "effect", notes: [], policies: [], ...more };
}

/** `a -> b`, or `a.approved -> b` for an outcome; entries of one `anyOf` share the number after the arrow. */
function edge(text: string): GraphEdge {
  const [, from = "", outcome, any, to = ""] = text.match(/^(\w+)(?:\.(\w+))? (->|any>) (\w+)$/) ?? [];
  const base = { from, to, count: 1, ...(outcome === undefined ? {} : { outcome }) };
  return any === "any>" ? { ...base, mode: "anyOf", need: 0 } : { ...base, mode: "all", need: 1 };
}

const refund: GraphModel = {
  title: "refund 1.0.0",
  nodes: [
    node("size", "switch"),
    node("ask", "approval", { kind: "wait" }),
    node("pay", "http", { notes: ["can be undone"] }),
    node("refuse", "notify"),
  ],
  edges: [
    edge("size.large -> ask"),
    edge("size.otherwise any> pay"),
    edge("ask.approved any> pay"),
    edge("ask.rejected any> refuse"),
    edge("ask.expired any> refuse"),
  ],
};

describe("the drawing in the terminal", () => {
  it("shows stages in boxes, outcomes on the lines, and what kind of need they enter", () => {
    expect(`\n${asciiOf(refund, plain)}\n`).toMatchInlineSnapshot(`
      "
                      ╭────────────────────╮
                      │ size               │
                      │ switch             │
                      ╰────────────────────╯
                       │ large │ otherwise
                       │       └───────────┐
                       ▼                   │
      ╭────────────────────────────────╮   │
      │ ask                            │   │
      │ approval                       │   │
      ╰────────────────────────────────╯   │
       │ approved │ rejected │ expired     │
       └──────────│──────────│────────┬────┘
                  └───┬──────┘        │
                      ▼ any           ▼ any
                 ╭────────╮   ╭───────────────╮
                 │ refuse │   │ pay           │
                 │ notify │   │ http          │
                 │        │   │ can be undone │
                 ╰────────╯   ╰───────────────╯
      "
    `);
  });

  it("hops where lines only cross, and joins where they meet", () => {
    const model: GraphModel = {
      title: "t",
      nodes: ["a", "b", "c", "d"].map((id) => node(id, "http")),
      edges: [edge("a -> c"), edge("a -> d"), edge("b -> d")],
    };
    expect(`\n${asciiOf(model, plain)}\n`).toMatchInlineSnapshot(`
      "
         ╭──────╮   ╭──────╮
         │ a    │   │ b    │
         │ http │   │ http │
         ╰──────╯   ╰──────╯
          ┌──┴───────┐  │
          │          ├──┘
          ▼          ▼
      ╭──────╮   ╭──────╮
      │ c    │   │ d    │
      │ http │   │ http │
      ╰──────╯   ╰──────╯
      "
    `);
  });

  it("says how each stage of a run stands", () => {
    const nodes = [node("a", "http", { status: "succeeded" }), node("b", "approval", { status: "waiting" })];
    const drawn = asciiOf({ title: "t", nodes, edges: [edge("a -> b")] }, plain);
    expect(drawn).toContain("✔ succeeded");
    expect(drawn).toContain("◷ waiting");
  });

  it("draws a group below the graph it is part of", () => {
    const inside: GraphModel = { title: "checks", nodes: [node("checks/one", "http")], edges: [] };
    const drawn = asciiOf({ title: "t", nodes: [node("checks", "group", { inside })], edges: [] }, plain);
    expect(drawn.indexOf("group, below")).toBeLessThan(drawn.indexOf("│ one"));
  });

  it("becomes a list where the terminal is too narrow", () => {
    expect(`\n${asciiOf(refund, { ...plain, columns: 20 })}\n`).toMatchInlineSnapshot(`
      "
      DEPTH  STAGE   USES                 NEEDS
          1  size    switch
          2  ask     approval             size.large
          3  refuse  notify               any of (ask.rejected, ask.expired)
             pay     http, can be undone  any of (size.otherwise, ask.approved)
      "
    `);
  });

  it("keeps every stage of a wide graph, and draws the same graph the same way", () => {
    const ids = Array.from({ length: 40 }, (_, at) => `stage${at}`);
    const model: GraphModel = {
      title: "t",
      nodes: ids.map((id) => node(id, "http")),
      edges: ids.flatMap((id, at) =>
        at > 3 ? [edge(`${ids[at - 4]} -> ${id}`), edge(`${ids[at % 4]} -> ${id}`)] : [],
      ),
    };
    const drawn = asciiOf(model, { ...plain, columns: 400 });
    for (const id of ids) expect(drawn).toContain(`│ ${id} `);
    expect(asciiOf(structuredClone(model), { ...plain, columns: 400 })).toBe(drawn);
  });
});

describe("pictures and texts for other programs", () => {
  const odd = `a "quoted" <b> & c`;
  const inside: GraphModel = { title: "g", nodes: [node("g/end", "http"), node("g/x", odd)], edges: [] };
  const model: GraphModel = {
    ...refund,
    title: odd,
    nodes: [...refund.nodes, node("g", "group", { inside, kind: "group", status: "failed" })],
    edges: [...refund.edges, edge("pay -> g")],
  };

  it("are well-formed SVG with a box for every stage", () => {
    const svg = svgOf(model);
    expect(XMLValidator.validate(svg)).toBe(true);
    const parsed = new XMLParser({ ignoreAttributes: false }).parse(svg);
    expect(parsed.svg["@_aria-label"]).toBe(odd);
    for (const name of ["size", "ask", "pay", "refuse", "end", "otherwise", "rejected"])
      expect(svg).toContain(`>${name}<`);
  });

  it("place no two stages over each other", () => {
    const { nodes, width, height } = layoutOf(model);
    for (const a of nodes) {
      expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height).toBe(true);
      for (const b of nodes) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(a === b || apart).toBe(true);
      }
    }
  });

  it("are Mermaid text that no name can break out of", () => {
    const text = mermaidOf(model);
    expect(text).toContain('n_size -->|"large"| n_ask');
    expect(text).toContain('n_ask -.->|"approved"| n_pay');
    expect(text).toContain('subgraph n_g["g"]');
    expect(text).toContain("a &quot;quoted&quot; &lt;b&gt; &amp; c");
    expect(text).not.toMatch(/^\s*end\[/m);
  });

  it("are DOT text with a cluster for each group", () => {
    const text = dotOf(model);
    expect(text).toContain('"size" -> "ask" [label="large"];');
    expect(text).toContain('subgraph "cluster g" {');
    expect(text).toContain('a \\"quoted\\" <b> & c');
    expect(text.split("{").length).toBe(text.split("}").length);
  });
});

describe("policies and what a run left out", () => {
  const plan = {
    format: 1,
    called: {},
    workflow: {
      id: "w",
      version: "1.0.0",
      policies: [
        { id: "board", stage: "pay", requires: [{ stage: "ask", outcome: "approved" }], distinct: [{ stage: "ask" }] },
        { id: "undo", stage: "pay", requires: [], distinct: [] },
      ],
      graph: {
        stages: [
          { id: "ask", uses: "approval", kind: "wait", needs: [] },
          { id: "pay", uses: "http", kind: "effect", needs: [need(0, "approved")] },
          { id: "no", uses: "notify", kind: "effect", needs: [need(0, "rejected")] },
        ],
      },
    },
  } as unknown as Plan;
  function need(stage: number, outcome: string) {
    return { mode: "all", count: 1, edges: [{ stage, outcome }] };
  }
  const run = modelOf(plan, new Map(Object.entries({ ask: "rejected", pay: "omitted", no: "succeeded" })));

  it("stand at the stage a policy guards and at the gate it requires, once each", () => {
    const { nodes } = modelOf(plan);
    expect(nodes.map(({ policies }) => policies)).toEqual([
      ["required by board"],
      ["guarded by board", "guarded by undo"],
      [],
    ]);
    const drawn = modelOf(plan);
    expect(asciiOf(drawn, plain)).toContain("§ guarded by undo");
    expect(asciiOf(drawn, { ...plain, columns: 10 })).toContain("http, guarded by board, guarded by undo");
    expect(mermaidOf(drawn)).toContain('n_pay["pay<br/>http<br/>§ guarded by board<br/>§ guarded by undo"]:::policy');
    expect(dotOf(drawn)).toMatch(/"ask" \[label="ask\\napproval\\n§ required by board".*penwidth=2/);
    expect(svgOf(drawn)).toContain(">§ guarded by undo<");
  });

  it("is drawn fainter than what the run did", () => {
    expect(run.edges.map(({ outcome, isDead }) => [outcome, isDead ?? false])).toEqual([
      ["approved", true],
      ["rejected", false],
    ]);
    expect(mermaidOf(run)).toContain("linkStyle 0 stroke");
    expect(dotOf(run)).toMatch(/"ask" -> "pay" \[label="approved", color="#d4d4d8"/);
    expect(svgOf(run).match(/class="[^"]*faded/g)).toHaveLength(3);
    const marked = asciiOf(run, { columns: 120, paint: (format, text) => `<${String(format)}>${text}` });
    expect(marked).toContain("<dim>approved");
    expect(marked).toContain("<cyan>rejected");
  });

  it("are open edges while a stage may still end so", () => {
    const { edges } = modelOf(plan, new Map([["ask", "waiting"]]));
    expect(edges.some(({ isDead }) => isDead === true)).toBe(false);
  });
});
