import { describe, expect, it } from "vitest";
import { checkPlugins } from "../../src/app/plugin-check.js";
import { shippedPlugins } from "../../src/app/shipped.js";
import type { Plugin, StageType } from "../../src/plugin/api.js";
import { Registry } from "../../src/plugin/registry.js";

const good: StageType = {
  name: "acme/shout",
  kind: "pure",
  title: "Shout",
  description: "The text, loud.",
  input: {
    type: "object",
    additionalProperties: false,
    required: ["text"],
    properties: { text: { type: "string", description: "What is shouted." } },
  },
  output: { type: "object" },
  examples: ["uses: acme/shout\nwith:\n  text: hello\n"],
  run: () => ({ outputs: {} }),
};

function findingsOf(stage: Partial<StageType>): readonly string[] {
  const plugin = { name: "acme", version: "1.0.0", apiVersion: 1, stages: [{ ...good, ...stage }] } as Plugin;
  const [checked] = checkPlugins(new Registry([plugin]), "acme");
  return (checked?.findings ?? []).map(({ severity, message }) => `${severity}: ${message}`);
}

describe("plugins check", () => {
  it("finds nothing in what ships", async () => {
    const found = checkPlugins(new Registry(await shippedPlugins())).flatMap(({ findings }) => findings);
    expect(found).toEqual([]);
  });

  it("finds nothing in a stage type that says what it is", () => {
    expect(findingsOf({})).toEqual([]);
  });

  it.each([
    [{ title: "shout" }, "warning: the title begins with a small letter"],
    [{ description: "loud text" }, "warning: the description is no sentence"],
    [{ examples: [] }, "warning: there is no example"],
    [{ input: { ...good.input, additionalProperties: true } }, "warning: keys of `with` that nobody knows are taken"],
    [{ input: { ...good.input, properties: { text: { type: "string" } } } }, "warning: `with.text` has no description"],
    [
      { input: { ...good.input, required: ["text", "volume"] } },
      "error: `with.volume` is required, and not among the properties",
    ],
    [{ examples: ["uses: acme/shout\nwith: { text: 7 }\n"] }, expect.stringMatching(/^error: example 1: .*\[\S+\]$/)],
    [{ examples: ["uses: acme/shout\n"] }, expect.stringMatching(/^error: example 1: .*text/)],
  ])("finds what would trouble users: %j", (stage, finding) => {
    expect(findingsOf(stage as Partial<StageType>)).toContainEqual(finding);
  });

  it("knows which plugin was meant", async () => {
    const registry = new Registry(await shippedPlugins());
    expect(() => checkPlugins(registry, "swich")).toThrow("there is no plugin swich");
  });
});
