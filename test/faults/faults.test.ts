import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDefinition } from "../../src/app/definitions.js";
import { shippedPlugins } from "../../src/app/shipped.js";
import { checkedInputs } from "../../src/app/start.js";
import { loadConfig } from "../../src/config.js";
import type { JsonObject } from "../../src/core/json.js";
import type { Plan } from "../../src/core/plan.js";
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

const VENDOR = { vendorName: "Weiss Präzisionsteile GmbH", country: "DE", registrationNumber: "HRB204411" };

/** A route through each shipped definition that meets most of its effects. */
const CASES: readonly (readonly [string, string | JsonObject, readonly Decide[], string])[] = [
  ["financial-approval", "large", [{ stage: "directorApproval", by: "bob", outcome: "approved" }], "succeeded"],
  ["financial-approval", "closed-period", [], "rolledBack"],
  ["data-processing", "clean", [], "succeeded"],
  ["vendor-check", VENDOR, [], "succeeded"],
  ["standard-business", "high-risk", [{ stage: "riskApproval", by: "grace", outcome: "approved" }], "succeeded"],
];

it("meets every definition that is shipped", () => {
  const shipped = fs.readdirSync(path.join(project, "definitions")).filter((name) => name.endsWith(".workflow.yaml"));
  const met = new Set(CASES.map(([workflow]) => `${workflow}.workflow.yaml`));
  expect(shipped.length).toBeGreaterThan(0);
  expect(shipped.filter((name) => !met.has(name))).toEqual([]);
});

async function caseOf(
  workflow: string,
  sample: string | JsonObject,
  decide: readonly Decide[],
  status: string,
): Promise<Case> {
  const config = await loadConfig({ cwd: project, db: ":memory:" });
  const plugins = await shippedPlugins();
  const definition = loadDefinition(config, new Registry(plugins), workflow);
  const given = typeof sample === "string" ? inputsOf(workflow, sample) : sample;
  const inputs = checkedInputs(definition.reading.plan as Plan, given);
  return { config, plugins, definition, inputs, decide, status };
}

function inputsOf(workflow: string, sample: string): JsonObject {
  const file = path.join(project, "definitions", "samples", `${workflow}.${sample}.json`);
  return JSON.parse(fs.readFileSync(file, "utf8")) as JsonObject;
}

describe.each(CASES)("%s with the sample %s", (workflow, sample, decide, status) => {
  it("ends cleanly when any stage fails", async () => {
    expect(await endsCleanlyWhenAnyStageFails(await caseOf(workflow, sample, decide, status))).toBeGreaterThan(1);
  });

  it("resumes from a crash after every write", async () => {
    expect(await resumesFromACrashAfterEveryWrite(await caseOf(workflow, sample, decide, status))).toBeGreaterThan(1);
  });

  it("comes to the same end with the same idempotency keys when every attempt is repeated", async () => {
    expect(await endsTheSameWhenEveryAttemptIsRepeated(await caseOf(workflow, sample, decide, status))).toBeGreaterThan(
      0,
    );
  });
});
