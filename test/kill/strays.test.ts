import { describe, expect, it } from "vitest";
import { createProject } from "../support/cli.js";

/** Stage types that leave a rejected promise behind, or end the process under everybody. */
const PLUGIN = `import { definePlugin } from "stagecraft/plugin";
const stage = (name, run) => ({
  kind: "effect", name, title: name, description: "Misbehaves.", examples: ["uses: " + name + "\\nwith: {}\\n"],
  input: { type: "object", additionalProperties: false }, output: { type: "object" }, run,
});
export default definePlugin({
  name: "acme/stray", version: "1.0.0", apiVersion: 1,
  stages: [
    stage("acme/drop", async () => {
      void Promise.reject(new Error("dropped on the floor"));
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { outputs: {} };
    }),
    stage("acme/exit", async () => {
      if (process.env.STAY !== "1") process.exit(0);
      return { outputs: {} };
    }),
  ],
});
`;

const project = (uses: string) =>
  createProject({
    "stagecraft.config.yaml": "plugins: [./plugins/stray]\n",
    "plugins/stray/index.mjs": PLUGIN,
    "definitions/stray.workflow.yaml": `apiVersion: stagecraft/v1
id: stray
version: "1.0.0"
stages:
  before: { uses: transform, with: { values: { a: 1 } } }
  stray: { needs: [before], uses: ${uses}, with: {} }
  after: { needs: [stray], uses: transform, with: { values: { b: 2 } } }
`,
  });

describe("a plugin that misbehaves", () => {
  it("by dropping a promise that is rejected is named on stderr, and the run goes on", async () => {
    const { code, stderr } = await project("acme/drop").run(["run", "stray"]);
    expect(stderr).toContain("dropped on the floor");
    expect({ code }, stderr).toEqual({ code: 0 });
  });

  it("by ending the process does not look done, and the run resumes from what was kept", async () => {
    const one = project("acme/exit");
    const { code, stderr } = await one.run(["run", "stray"]);
    expect(stderr).toContain("Nothing recorded is lost");
    expect({ code }, stderr).toEqual({ code: 1 });
    const again = await one.run(["resume", "last"], { env: { STAY: "1" } });
    expect({ code: again.code }, again.stderr).toEqual({ code: 0 });
  });
});
