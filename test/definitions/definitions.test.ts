import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/core/json.js";
import { checkInputs, type Source } from "../../src/definition/index.js";
import type { Registry } from "../../src/plugin/registry.js";
import { DEFINITIONS, fullRegistry, lines, readText, shippedDefinition, shippedIds } from "../support/reading.js";
import { ROUTES } from "./routes.js";

const SAMPLES = join(DEFINITIONS, "samples");
const samples = readdirSync(SAMPLES)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({ name, workflow: name.split(".")[0] as string, sample: name.split(".")[1] as string }));

let registry: Registry;
beforeAll(async () => {
  registry = await fullRegistry();
});

const read = (id: string) => readText(shippedDefinition(id) as Source, registry);

describe("the shipped definitions", () => {
  it.each(shippedIds)("%s reads without a finding", (id) => {
    const { diagnostics, plan } = read(id);
    expect(lines(diagnostics)).toEqual([]);
    expect(plan?.workflow.id).toBe(id);
  });

  it.each(["financial-approval", "data-processing", "standard-business"])(
    "%s has the three agents, each used by a stage",
    (id) => {
      const workflow = read(id).plan?.workflow;
      const titles = Object.values(workflow?.agents ?? {}).map((agent) => agent["title"]);
      expect(titles.sort()).toEqual(["Approval Manager", "Data Processor", "Workflow Orchestrator"]);
      const used = workflow?.graph.stages.filter(({ uses }) => uses === "agent").map((stage) => stage.with);
      expect(new Set(used?.map((input) => (input as JsonObject)["agent"])).size).toBe(3);
    },
  );
});

describe("the shipped samples", () => {
  it.each(samples)("$name fits the inputs of its workflow", ({ name, workflow }) => {
    const plan = read(workflow).plan;
    const values = JSON.parse(readFileSync(join(SAMPLES, name), "utf8")) as JsonObject;
    expect(plan && checkInputs(plan.workflow, values).issues).toEqual([]);
  });

  it("have each a route that is expected of them, and the other way round", () => {
    const expected = new Set(ROUTES.map(({ workflow, sample }) => `${workflow}.${sample}.json`));
    expect([...expected].sort()).toEqual(samples.map(({ name }) => name).sort());
  });

  it("name stages that are there in what is expected", () => {
    for (const { workflow, sample, stages, decide } of ROUTES) {
      const known = read(workflow).plan?.workflow.graph.stages.map(({ id }) => id) ?? [];
      const named = [...Object.keys(stages), ...(decide ?? []).map(({ stage }) => stage)];
      expect(
        named.filter((id) => !known.includes(id)),
        `${workflow}.${sample}`,
      ).toEqual([]);
    }
  });
});
