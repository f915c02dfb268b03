import { beforeAll, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import type { Registry } from "../../src/plugin/registry.js";
import { begin, journalOf, testHost } from "../support/host.js";
import { fullRegistry, readText } from "../support/reading.js";

let registry: Registry;
beforeAll(async () => {
  registry = await fullRegistry();
});

/** Groups inside groups, each another way: fanned out, repeated, plain; at the bottom a value that all of them see. */
function nested(depth: number): string {
  const ways = ["forEach: { items: [1, 2], as: item%, concurrency: 2 }", "repeat: { maxIterations: 2 }", "priority: 3"];
  const lines = [
    ...[
      "apiVersion: stagecraft/v1",
      "id: nested",
      'version: "1.0.0"',
      "defaults: { timeout: 5m, retry: { maxAttempts: 2 } }",
    ],
    "stages:",
  ];
  for (let level = 1; level <= depth; level++) {
    const indent = "  ".repeat(level * 2 - 1);
    const way = (ways[level % 3] as string).replace("%", String(level));
    lines.push(`${indent}g${level}:`, `${indent}  uses: group`, `${indent}  ${way}`, `${indent}  stages:`);
  }
  const indent = "  ".repeat(depth * 2 + 1);
  lines.push(`${indent}leaf: { uses: transform, with: { values: { at: "\${{ run.id }}" } } }`);
  return `${lines.join("\n")}\n`;
}

it("runs groups ten deep in every way of nesting, and refuses an eleventh", async () => {
  const { plan, diagnostics } = readText({ file: "nested.workflow.yaml", text: nested(10) }, registry);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  if (plan === undefined) throw new Error("no plan");
  const host = testHost([], { registry });
  const engine = new Engine(host);
  const run = await begin(engine, plan);
  expect(await engine.drive(run, { patience: 0 })).toBe("ended");
  const outcomes = await journalOf(host.store, run);
  const leaves = Object.keys(outcomes).filter((path) => path.endsWith("leaf"));
  // Levels 3, 6 and 9 are fanned out in two, levels 1, 4, 7 and 10 repeated twice.
  expect(leaves).toHaveLength(2 ** 7);
  expect(leaves.every((path) => path.split("/").length === 11)).toBe(true);
  expect(new Set(Object.values(outcomes))).toEqual(new Set(["succeeded"]));
  expect(await host.store.getRun(run)).toMatchObject({ status: "succeeded" });

  const deeper = readText({ file: "nested.workflow.yaml", text: nested(11) }, registry);
  expect(deeper.diagnostics.map(({ code }) => code)).toContain("nesting-too-deep");
});
