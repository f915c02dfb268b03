import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { createProject, type Project } from "../support/cli.js";
import { harm } from "../support/harm.js";

const PAY = `apiVersion: stagecraft/v1
id: pay
version: "1.0.0"
stages:
  read: { uses: agent, with: { agent: clerk, input: { text: "Invoice 7 over 7120,55 EUR" } } }
  gate: { needs: [read], uses: approval, with: { approvers: ["role:manager"], expires: 3d } }
  done: { needs: [gate.approved], uses: transform, with: { values: { paid: true } } }
  no: { needs: [{ anyOf: [gate.rejected, gate.expired] }], uses: transform, with: { values: { paid: false } } }
agents:
  clerk: { title: Clerk, instructions: Read the amount., output: { type: object, properties: { amount: { type: number } } } }
`;
const CONFIG = `identities: { users: { dana: { roles: [manager] }, eve: {} } }
audit: { key: keys/audit.pem }
`;
const files = { "definitions/pay.workflow.yaml": PAY, "stagecraft.config.yaml": CONFIG };

async function decided() {
  const at = createProject(files);
  const first = await at.json(["run", "pay", "--provider", "embedded", "--wait", "0s"]);
  const [{ id }] = first.document.approvals;
  expect(await at.run(["approve", id, "--as", "eve"])).toMatchObject({ code: 5 });
  expect(await at.run(["approve", id, "--as", "dana", "--comment", "fine"])).toMatchObject({ code: 0 });
  expect(await at.run(["reject", id, "--as", "dana"])).toMatchObject({ code: 5 });
  return { at, run: first.document.run.id as string, approval: id as string };
}

const databaseOf = ({ folder }: Project) => path.join(folder, ".stagecraft/stagecraft.sqlite");

it("says who did what: the start, the agent's call, the decision and what was refused", async () => {
  const { at, run, approval } = await decided();
  const { document } = await at.json(["audit", "ls", "--run", run]);
  const acts = document.acts as Record<string, unknown>[];
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(acts).toContainEqual(expect.objectContaining({ what: "runStarted", definition: hash, source: "journal" }));
  const asked = acts.find(({ what }) => what === "stepRecorded");
  expect(asked).toMatchObject({ who: "agent:embedded", stage: "read", detail: { prompt: hash } });
  const said = acts.find(({ what }) => what === "decisionMade");
  expect(said).toMatchObject({ who: "dana", stage: "gate", detail: { outcome: "approved", saw: hash, via: "cli" } });
  const refused = acts.filter(({ what }) => what === "decisionRefused");
  expect(refused).toMatchObject([
    { who: "eve", detail: { approval, outcome: "approved", code: "not-entitled" } },
    { who: "dana", detail: { approval, outcome: "rejected", code: "already-decided" } },
  ]);
  const eves = await at.run(["audit", "ls", "--who", "eve", "--since", "1h"]);
  expect(eves.stdout).toContain("decisionRefused");
  expect(eves.stdout).not.toContain("dana");
});

it("proves a database, and fails with the row named when it was tampered with", async () => {
  const { at, run } = await decided();
  expect(await at.run(["audit", "verify", "--all"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^proven: 1 run,/),
  });
  await harm(databaseOf(at), "UPDATE events SET data = replace(data, '\"approved\"', '\"rejected\"') WHERE type = 4");
  const found = await at.run(["audit", "verify", run]);
  expect(found.code).toBe(1);
  expect(found.stdout).toMatch(
    new RegExp(`^changed run ${run} seq \\d+: decisionMade of gate is not what was committed`),
  );
  await harm(databaseOf(at), "UPDATE definitions SET plan = replace(plan, 'manager', 'anybody')");
  const { document } = await at.json(["audit", "verify", "--all"]);
  expect(document.faults.map(({ what }: { what: string }) => what)).toContainEqual(
    expect.stringMatching(/^its definition \w{12} was changed$/),
  );
});

it("exports what happened with a signature that tells a changed file and a chain made anew", async () => {
  const { at, run } = await decided();
  const missing = await at.run(["audit", "export", "--out", "a.jsonl"]);
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("[audit-key-missing]") });
  expect(await at.run(["audit", "keygen"])).toMatchObject({ code: 0 });
  expect(fs.statSync(path.join(at.folder, "keys/audit.pem")).mode & 0o777).toBe(0o600);
  expect(await at.run(["audit", "keygen"])).toMatchObject({ code: 2 });
  for (const format of ["jsonl", "csv"]) {
    const file = `a.${format}`;
    expect(await at.run(["audit", "export", "--out", file, "--format", format, "--as", "dana"])).toMatchObject({
      code: 0,
    });
    const text = fs.readFileSync(path.join(at.folder, file), "utf8");
    expect(text).toContain("decisionRefused");
    expect(await at.run(["audit", "verify", "--export", file])).toMatchObject({ code: 0 });
    const eves = await at.run(["audit", "verify", "--export", file, "--public-key", "keys/audit.pem"]);
    expect(eves).toMatchObject({ code: 0 });
    at.write(file, text.replace("eve", "bob"));
    const changed = await at.run(["audit", "verify", "--export", file]);
    expect(changed).toMatchObject({ code: 1, stdout: expect.stringContaining("changed after it was signed") });
    at.write(file, text);
  }
  // As somebody would who may write the database: every link made anew, so that the journal verifies by itself.
  await harm(
    databaseOf(at),
    "UPDATE events SET link = zeroblob(36) WHERE link IS NOT NULL AND seq = (SELECT max(seq) FROM events)",
  );
  const anew = await at.run(["audit", "verify", "--export", "a.csv"]);
  expect(anew).toMatchObject({ code: 1, stdout: expect.stringContaining(`rewritten run ${run}`) });
});

it("refuses a signing key that others may read", async () => {
  const { at } = await decided();
  await at.run(["audit", "keygen"]);
  fs.chmodSync(path.join(at.folder, "keys/audit.pem"), 0o644);
  const refused = await at.run(["audit", "export", "--out", "a.jsonl"]);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("[secret-readable]") });
});

it("holds a run and lets it go, and both are in the trail", async () => {
  const { at, run } = await decided();
  expect(await at.run(["audit", "release", run])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("[not-held]"),
  });
  expect(await at.run(["audit", "hold", run, "--reason", "case 1", "--as", "dana"])).toMatchObject({ code: 0 });
  expect(await at.run(["audit", "release", run, "--reason", "closed", "--as", "dana"])).toMatchObject({ code: 0 });
  const { document } = await at.json(["audit", "ls", "--who", "dana"]);
  const holds = document.acts.filter(({ source }: { source: string }) => source === "trail");
  expect(holds.slice(-2)).toMatchObject([
    { what: "held", detail: { reason: "case 1" } },
    { what: "released", detail: { reason: "closed" } },
  ]);
});

it("erases what a run holds of a person, and the run is still proven", { timeout: 120_000 }, async () => {
  const { at, run } = await decided();
  expect(await at.run(["audit", "erase", run, "--reason", "asked for", "--as", "dana"])).toMatchObject({ code: 0 });
  expect(await at.run(["audit", "verify", run])).toMatchObject({ code: 0 });
  const shown = await at.run(["runs", "show", run, "--json"]);
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('"succeeded"') });
  expect(shown.stdout).not.toMatch(/7120[.,]55/);
  const { document } = await at.json(["audit", "ls", "--run", run]);
  expect(JSON.stringify(document)).not.toContain("fine");
  expect(document.acts.at(-1)).toMatchObject({ who: "dana", what: "erased", detail: { reason: "asked for" } });
  const refused = await at.run(["fork", run, "--from", "gate"]);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("[run-erased]") });
  await harm(databaseOf(at), "UPDATE events SET data = replace(data, 'dana', 'bob')");
  const changed = await at.run(["audit", "verify", run]);
  expect(changed).toMatchObject({ code: 1, stdout: expect.stringContaining("what an erasure left") });
});
