import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { createProject } from "../support/cli.js";
import { ROOT } from "../support/sources.js";

it("runs the shipped workflows at once and leaves the large purchase waiting for a person", async () => {
  const at = createProject();
  for (const name of ["definitions", "stagecraft.config.yaml"]) {
    fs.cpSync(path.join(ROOT, name), path.join(at.folder, name), { recursive: true });
  }
  const { code, stdout, stderr } = await at.run(["demo"]);
  expect(code).toBe(0);
  expect(stderr).toContain("embedded extractor: deterministic, and not a language model");
  expect(stdout).toMatch(/financial-approval: a small purchase {2}✔ succeeded[\s\S]*decision +paid/);
  expect(stdout).toMatch(/because {2}approvalTier 12: row 1 → tier auto/);
  expect(stdout).toMatch(/data-processing: a week of orders {2}✔ succeeded[\s\S]*decision +accepted/);
  expect(stdout).toMatch(/standard-business: an ordinary request {2}✔ succeeded/);
  expect(stdout).toMatch(/financial-approval: a large purchase {2}◷ waiting[\s\S]*◷ directorApproval waiting/);
  expect(stdout).toMatch(/^RUN +STATUS +TOOK +STAGES +TRIES +SUCCESS +TOKENS IN +TOKENS OUT +COST$/m);
  const next = [...stderr.matchAll(/^next: npx stagecraft (.*)$/gm)].map(([, command = ""]) => command.split(" "));
  expect(next.map(([verb]) => verb)).toEqual(["approve", "runs", "graph"]);
  const approved = await at.run(next[0] as string[]);
  expect(approved).toMatchObject({ code: 0, stdout: expect.stringContaining("decision: paid") });
  for (const command of next.slice(1)) expect((await at.run(command)).code).toBe(0);
});

it("says where it can run when the definitions are not there", async () => {
  const { code, stderr } = await createProject().run(["demo"]);
  expect(code).toBe(2);
  expect(stderr).toContain("[no-demo]");
});
