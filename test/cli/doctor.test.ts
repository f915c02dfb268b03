import { describe, expect, it } from "vitest";
import { createProject } from "../support/cli.js";
import { PEOPLE, REFUND } from "../support/definitions.js";

const files = { "definitions/refund.workflow.yaml": REFUND, "stagecraft.config.yaml": PEOPLE };

describe("doctor", () => {
  it("finds nothing wrong in a sound project, and makes no database", async () => {
    const at = createProject(files);
    const { code, document } = await at.json(["doctor"]);
    expect(code).toBe(0);
    expect(document.checks.map(({ name, status }: { name: string; status: string }) => `${name} ${status}`)).toEqual(
      ["node", "project", "plugins", "definitions", "database", "agents", "people"].map((name) => `${name} ok`),
    );
    expect(at.has(".stagecraft")).toBe(false);
  });

  it("names everything that is wrong in one pass, with what to do, and exits with 1", async () => {
    const at = createProject({
      ...files,
      "definitions/bad.workflow.yaml": "apiVersion: stagecraft/v1\nid: bad\n",
      ".stagecraft/stagecraft.sqlite": "this is not a database, whatever its name says",
    });
    const { code, stdout } = await at.run(["doctor"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✖ definitions +definitions\/bad\.workflow\.yaml of 2 not valid$/m);
    expect(stdout).toMatch(/^ +help: npx stagecraft validate$/m);
    expect(stdout).toMatch(/^✖ database +/m);
    expect(stdout).toMatch(/^✔ node +\d+\.\d+/m);
  });

  it("says which provider agents get, and never a key", async () => {
    const secret = "sk-do-not-show-this-key";
    const { stdout, stderr } = await createProject(files).run(["doctor"], { env: { OPENAI_API_KEY: secret } });
    expect(stdout).toMatch(/agents +auto is openai: OPENAI_API_KEY set/);
    expect(stdout + stderr).not.toContain(secret);
  });
});
