import fs from "node:fs";
import path from "node:path";
import type { App, RunRow } from "../../app.js";
import { StagecraftError } from "../../core/errors.js";
import type { JsonObject } from "../../core/json.js";
import type { Plan } from "../../core/plan.js";

/** What the demo runs: a shipped definition on one of its samples. */
export interface Case {
  readonly definition: string;
  readonly sample: string;
  readonly about: string;
}

export const CASES: readonly Case[] = [
  { definition: "financial-approval", sample: "financial-approval.small.json", about: "a small purchase" },
  { definition: "data-processing", sample: "data-processing.clean.json", about: "a week of orders" },
  { definition: "standard-business", sample: "standard-business.low-risk.json", about: "an ordinary request" },
  { definition: "financial-approval", sample: "financial-approval.large.json", about: "a large purchase" },
];

export interface Started {
  readonly case: Case;
  readonly run: RunRow;
  readonly plan: Plan;
}

export interface StartFlags {
  readonly as?: string | undefined;
  readonly provider?: string | undefined;
}

/** @throws StagecraftError `no-demo` outside a project that has the shipped definitions */
export async function startCase(app: App, one: Case, { as, provider }: StartFlags): Promise<Started> {
  const file = path.join(app.config.definitions, "samples", one.sample);
  if (!fs.existsSync(file)) {
    throw new StagecraftError("no-demo", "the demo runs the shipped definitions, which this project does not have", {
      help: `${file} is missing; run it in a clone of Stagecraft`,
    });
  }
  const inputs = JSON.parse(fs.readFileSync(file, "utf8")) as JsonObject;
  const definition = await app.read(one.definition);
  const { plan } = definition.reading;
  if (!plan) {
    throw new StagecraftError("definition-invalid", `${definition.file} is not a valid definition`, {
      help: `npx stagecraft validate ${one.definition}`,
    });
  }
  const run = await app.start(definition, { inputs, by: app.actor(as), ...(provider ? { provider } : {}) });
  return { case: one, run, plan };
}
