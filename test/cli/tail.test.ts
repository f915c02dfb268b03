import { describe, expect, it } from "vitest";
import { createProgress } from "../../src/cli/render/progress.js";
import { tailOf } from "../../src/cli/render/tail.js";
import { startModelServer } from "../support/aimock.js";
import { createProject } from "../support/cli.js";
import { plan } from "../support/plan.js";
import { hasTerminal, onTerminal, plain } from "../support/terminal.js";

describe("the end of an answer that is still coming", () => {
  it("is shown on one line, its beginning left out", () => {
    expect(tailOf("The cheapest\n  is the third.", 80)).toBe("The cheapest is the third.");
    expect(tailOf("The cheapest is the third.", 10)).toBe("…he third.");
    expect([...tailOf("👩👩👩👩👩", 3)]).toEqual(["…", "👩", "👩"]);
  });

  it("moves no cursor and turns nothing round, whatever the model says", () => {
    expect(tailOf("a\u001b[2Jb\u0007c\u202ed\u009b1me", 80)).toBe("a [2Jb c d 1me");
  });

  it("belongs to the stage of the outermost graph, until something happens there", () => {
    const progress = createProgress(plan("both -> after", { both: { stages: "x -> y" } }), "run");
    const [both, after] = progress.stages;
    progress.see({ type: "stageStarted", at: 1, stage: "both/x", attempt: 1, idempotencyKey: "k" } as never);
    progress.hear("both/x", "The cheap");
    progress.hear("nowhere", "…");
    expect([both?.said, after?.said]).toEqual(["The cheap", undefined]);
    progress.see({ type: "stageEnded", at: 2, stage: "both/x", outcome: "succeeded" } as never);
    expect(both?.said).toBeUndefined();
  });
});

const TEXT = "one two three four five six seven eight nine ten";
const definition = `
apiVersion: stagecraft/v1
id: count
version: "1.0.0"
agents:
  clerk: { provider: openai, model: local, stream: true, instructions: Count. }
stages:
  ask: { uses: agent, with: { agent: clerk, prompt: "count to ten" } }
outputs: { text: "\${{ stages.ask.outputs.text }}" }
`;

describe.skipIf(!hasTerminal)("an agent that streams (skipped where there is no `script` of util-linux)", () => {
  it("is read on the terminal while it speaks, and nowhere else", async () => {
    const models = await startModelServer([
      { match: { userMessage: "count to ten" }, response: { content: TEXT }, chunkSize: 4, latency: 100 },
    ]);
    try {
      const project = createProject({ "definitions/count.workflow.yaml": definition });
      const env = { OPENAI_BASE_URL: models.baseUrl, OPENAI_API_KEY: "sk-test" };
      const { code, sent } = await onTerminal(project, ["run", "count"], { env });
      expect(code).toBe(0);
      const seen = [...plain(sent).matchAll(/ask agent +(one[a-z ]*)/g)].map(([, text = ""]) => text.trim());
      const parts = seen.filter((text) => text !== TEXT);
      expect(parts.length).toBeGreaterThan(0);
      for (const text of parts) expect(TEXT.startsWith(text)).toBe(true);

      const { stdout } = await project.run(["run", "count", "--json", "--events"], { env });
      const told = stdout
        .trim()
        .split("\n")
        .filter((line) => line.includes("one two"));
      // The recorded answer, the stage's end with its outputs, the run's, and the result.
      expect(told.every((line) => line.includes(TEXT))).toBe(true);
      expect(told).toHaveLength(4);
    } finally {
      await models.close();
    }
  }, 60_000);
});
