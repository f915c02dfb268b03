import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { App } from "../../src/app.js";
import { startModelServer } from "../support/aimock.js";
import { appOf, askedOf, projectOf } from "../support/project.js";
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

  it("write and criticise until it is good enough, each hearing the other", async () => {
    const draft = (heard: string, text: string) => ({
      match: { systemMessage: "Write a short notice", userMessage: heard },
      response: { content: text },
    });
    const verdict = (heard: string, score: number, advice: string) => ({
      match: { systemMessage: "Say how good", userMessage: heard },
      response: { content: JSON.stringify({ score, advice }) },
    });
    const models = await startModelServer([
      draft('"before": null', "Open at nine."),
      draft("say until when", "Open from nine to five."),
      draft("say the day", "Open on Mondays from nine to five."),
      verdict("Mondays", 0.9, "none"),
      verdict("to five", 0.7, "say the day"),
      verdict("at nine", 0.2, "say until when"),
    ]);
    const asking = await appOf(project, askedOf(models.baseUrl));
    try {
      const by = { user: "test", via: "test", roles: [], groups: [] };
      const inputs = { topic: "opening hours" };
      const { id } = await asking.start(await asking.read("critic"), { inputs, by, provider: "openai" });
      const run = await asking.drive(id, { patience: 10_000 });
      expect(run).toMatchObject({ status: "succeeded", outputs: { text: "Open on Mondays from nine to five." } });
      const { stages } = await asking.view(id);
      const gates = stages.filter(({ path: name }) => name.endsWith("/gate"));
      expect(gates.map(({ outcome }) => outcome)).toEqual(["missed", "missed", "passed"]);
      expect(await models.requests()).toHaveLength(6);
    } finally {
      await asking.close();
      await models.close();
    }
  });

  it("vote", async () => {
    const claim = "Treatment of a broken leg; it is covered by the contract, the receipt is attached.";
    expect(await outcomes("panel", { claim })).toMatchObject({ vote: "passed", pay: "succeeded", person: "omitted" });
    const unclear = await outcomes("panel", { claim: "Somebody fell." });
    expect(unclear).toMatchObject({ vote: "missed", pay: "omitted", person: "succeeded" });
  });
});
