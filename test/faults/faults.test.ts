import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDefinition } from "../../src/app/definitions.js";
import { shippedPlugins } from "../../src/app/shipped.js";
import { loadConfig } from "../../src/config.js";
import type { JsonObject } from "../../src/core/json.js";
import type { Plan } from "../../src/core/plan.js";
import { checkInputs } from "../../src/definition/index.js";
import { Registry } from "../../src/plugin/registry.js";
import type { Decide } from "../definitions/routes.js";
import { shippedProject } from "../support/project.js";
import type { Case } from "./bench.js";
import {
  endsCleanlyWhenAnyStageFails,
  endsTheSameWhenEveryAttemptIsRepeated,
  resumesFromACrashAfterEveryWrite,
} from "./helpers.js";

let project: string;
beforeAll(() => {
  project = shippedProject();
});
afterAll(() => fs.rmSync(project, { recursive: true }));

/** A route through each shipped definition that meets most of its effects. */
const CASES: readonly (readonly [workflow: string, sample: string, ends: string, decide: readonly Decide[]])[] = [
  ["financial-approval", "large", "succeeded", [{ stage: "directorApproval", by: "bob", outcome: "approved" }]],
  ["financial-approval", "closed-period", "rolledBack", []],
  ["data-processing", "clean", "succeeded", []],
  ["standard-business", "high-risk", "succeeded", [{ stage: "riskApproval", by: "grace", outcome: "approved" }]],
  ["vendor-check", "verified", "succeeded", []],
];

/** What other definitions give the one that is only called by them. */
const GIVEN: Readonly<Record<string, JsonObject>> = {
  "vendor-check.verified": {
    vendorName: "Weiss Präzisionsteile GmbH",
    country: "DE",
    registrationNumber: "HRB204411",
  },
};

function inputsOf(name: string): JsonObject {
  if (Object.hasOwn(GIVEN, name)) return GIVEN[name] as JsonObject;
  return JSON.parse(fs.readFileSync(path.join(project, "definitions/samples", `${name}.json`), "utf8")) as JsonObject;
}

it("meets every definition that is shipped", () => {
  const shipped = fs.readdirSync(path.join(project, "definitions")).filter((name) => name.endsWith(".workflow.yaml"));
  const met = new Set(CASES.map(([workflow]) => `${workflow}.workflow.yaml`));
  expect(shipped.length).toBeGreaterThan(0);
  expect(shipped.filter((name) => !met.has(name))).toEqual([]);
});

async function caseOf(workflow: string, sample: string, ends: string, decide: readonly Decide[]): Promise<Case> {
  const config = await loadConfig({ cwd: project, db: ":memory:" });
  const plugins = await shippedPlugins();
  const definition = loadDefinition(config, new Registry(plugins), workflow);
  const { workflow: plan } = definition.reading.plan as Plan;
  const { values: inputs } = checkInputs(plan, inputsOf(`${workflow}.${sample}`));
  return { config, plugins, definition, inputs, decide, ends };
}

describe.each(CASES)("%s with the sample %s", (workflow, sample, ends, decide) => {
  it("ends cleanly when any stage fails", async () => {
    expect(await endsCleanlyWhenAnyStageFails(await caseOf(workflow, sample, ends, decide))).toBeGreaterThan(1);
  });

  it("resumes from a crash after every write", async () => {
    expect(await resumesFromACrashAfterEveryWrite(await caseOf(workflow, sample, ends, decide))).toBeGreaterThan(1);
  });

  it("comes to the same end with the same idempotency keys when every attempt is repeated", async () => {
    expect(await endsTheSameWhenEveryAttemptIsRepeated(await caseOf(workflow, sample, ends, decide))).toBeGreaterThan(
      0,
    );
  });
});
