import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { App } from "../../src/app.js";
import { appOf, projectOf } from "../support/project.js";
import { ROOT } from "../support/reading.js";

let project: string;
let app: App;

beforeAll(async () => {
  const page = fs.readFileSync(path.join(ROOT, "docs/how-to/agents-together.md"), "utf8");
  const blocks = [...page.matchAll(/```yaml\n# file: (\S+)\n([\s\S]*?)```/g)];
  project = projectOf(Object.fromEntries(blocks.map(([, name, text]) => [`definitions/${name}`, text ?? ""])));
  app = await appOf(project);
});

afterAll(async () => {
  await app.close();
  fs.rmSync(project, { recursive: true });
});

async function outcomes(
  definition: string,
  inputs: Record<string, string>,
): Promise<Record<string, string | undefined>> {
  const by = { user: "test", via: "test", roles: [], groups: [] };
  const run = await app.start(await app.read(definition), { inputs, by, provider: "embedded" });
  await app.drive(run.id, { patience: 10_000 });
  const { stages } = await app.view(run.id);
  return Object.fromEntries(stages.map((stage) => [stage.path, stage.outcome]));
}

describe("agents that work together, as the guide shows them", () => {
  it("pass the guide's own tests", async () => {
    const { invalid, suites } = await app.test({ patterns: [] });
    expect(invalid.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
    const failures = suites.flatMap(({ cases }) =>
      cases.flatMap(({ failures }) => failures.map(({ message }) => message)),
    );
    expect(failures).toEqual([]);
    expect(suites.flatMap(({ cases }) => cases)).toHaveLength(4);
  });

  it("hand over to whom the text asks for", async () => {
    const billing = await outcomes("hand-off", { ticket: "I was charged twice, I want a refund." });
    expect(billing).toMatchObject({ billing: "succeeded", delivery: "omitted", person: "omitted" });
    const delivery = await outcomes("hand-off", { ticket: "My parcel is late." });
    expect(delivery).toMatchObject({ billing: "omitted", delivery: "succeeded", person: "omitted" });
    expect(await outcomes("hand-off", { ticket: "Good morning." })).toMatchObject({ person: "succeeded" });
  });

  it("vote", async () => {
    const claim = "Treatment of a broken leg; it is covered by the contract, the receipt is attached.";
    expect(await outcomes("panel", { claim })).toMatchObject({ vote: "passed", pay: "succeeded", person: "omitted" });
    const unclear = await outcomes("panel", { claim: "Somebody fell." });
    expect(unclear).toMatchObject({ vote: "missed", pay: "omitted", person: "succeeded" });
  });
});
