import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDefinition } from "../../src/app/definitions.js";
import { shippedPlugins } from "../../src/app/shipped.js";
import { loadConfig } from "../../src/config.js";
import type { JsonObject } from "../../src/core/json.js";
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

/** A route through each shipped definition that meets most of its effects; the vendor check is a part of two of them. */
const CASES: readonly (readonly [string, string, readonly Decide[]])[] = [
  ["financial-approval", "large", [{ stage: "directorApproval", by: "bob", outcome: "approved" }]],
  ["financial-approval", "closed-period", []],
  ["data-processing", "clean", []],
  ["standard-business", "high-risk", [{ stage: "riskApproval", by: "grace", outcome: "approved" }]],
];

async function caseOf(workflow: string, sample: string, decide: readonly Decide[]): Promise<Case> {
  const config = await loadConfig({ cwd: project, db: ":memory:" });
  const plugins = await shippedPlugins();
  const definition = loadDefinition(config, new Registry(plugins), workflow);
  const file = path.join(project, "definitions", "samples", `${workflow}.${sample}.json`);
  const inputs = JSON.parse(fs.readFileSync(file, "utf8")) as JsonObject;
  return { config, plugins, definition, inputs, decide };
}

describe.each(CASES)("%s with the sample %s", (workflow, sample, decide) => {
  it("ends cleanly when any stage fails", async () => {
    expect(await endsCleanlyWhenAnyStageFails(await caseOf(workflow, sample, decide))).toBeGreaterThan(1);
  });

  it("resumes from a crash after every write", async () => {
    expect(await resumesFromACrashAfterEveryWrite(await caseOf(workflow, sample, decide))).toBeGreaterThan(3);
  });

  it("comes to the same end with the same idempotency keys when every attempt is repeated", async () => {
    expect(await endsTheSameWhenEveryAttemptIsRepeated(await caseOf(workflow, sample, decide))).toBeGreaterThan(1);
  });
});
