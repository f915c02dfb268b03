import { describe, expect, it } from "vitest";
import { createProject, type Project } from "../support/cli.js";
import { PEOPLE, REFUND } from "../support/definitions.js";

const small = ["-i", "amount=40", "-i", "reason=late"];
const large = ["-i", "amount=400", "-i", "reason=late"];

function project(): Project {
  return createProject({ "definitions/refund.workflow.yaml": REFUND, "stagecraft.config.yaml": PEOPLE });
}

describe("runs logs", () => {
  it("tells a run an event a line, of one stage where asked, and as JSON lines for programs", async () => {
    const at = project();
    await at.run(["run", "refund", ...small]);
    const all = await at.run(["runs", "logs", "--last"]);
    expect(all.code).toBe(0);
    expect(all.stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}run started by /);
    expect(all.stdout.trimEnd()).toMatch(/run succeeded$/);
    const one = await at.run(["logs", "--last", "--stage", "size"]);
    expect(one.stdout.trim().split("\n")).toEqual([expect.stringMatching(/ size otherwise$/)]);
    const lines = (await at.run(["runs", "logs", "--last", "--json"])).stdout.trim().split("\n");
    const seqs = lines.map((line) => JSON.parse(line).seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  });

  it("follows a run that another process ends", async () => {
    const at = project();
    const { document } = await at.json(["run", "refund", ...large]);
    const [{ id }] = document.approvals;
    let isDecided = false;
    const followed = await at.run(["runs", "logs", "--last", "-f"], {
      onOutput: (_, soFar) => {
        if (isDecided || !soFar.includes("ask waits for approval")) return;
        isDecided = true;
        void at.run(["approve", id, "--as", "gina"]);
      },
    });
    expect(followed.code).toBe(0);
    expect(followed.stdout).toContain("ask approved by gina");
    expect(followed.stdout.trimEnd()).toMatch(/run succeeded$/);
  });
});

describe("runs watch", () => {
  it("shows a run until another process ends it, and exits as it ended where asked", async () => {
    const at = project();
    const { document } = await at.json(["run", "refund", ...large]);
    const [{ id }] = document.approvals;
    const watched = at.run(["runs", "watch", "--last", "--exit-status"]);
    await at.run(["reject", id, "--as", "gina"]);
    const { code, stdout } = await watched;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^refund ✔ succeeded/);
  });

  it("is at its end at once where the run has ended, with its code", async () => {
    const at = project();
    await at.run(["run", "refund", ...large, "--wait", "0s"]);
    await at.run(["cancel", "--last"]);
    expect((await at.run(["runs", "watch", "--last"])).code).toBe(0);
    expect((await at.run(["runs", "watch", "--last", "--exit-status"])).code).toBe(1);
  });
});

describe("runs diff", () => {
  it("names what differs between two runs, and nothing between a run and itself", async () => {
    const at = project();
    const [{ document: a }, { document: b }] = [
      await at.json(["run", "refund", ...small]),
      await at.json(["run", "refund", ...large]),
    ];
    const { code, document } = await at.json(["runs", "diff", a.run.id, b.run.id, "--exit-status"]);
    expect(code).toBe(1);
    expect(document.differences).toEqual(
      expect.arrayContaining([
        { place: "inputs.amount", before: 40, after: 400 },
        { place: "size", before: "otherwise", after: "large" },
        { place: "status", before: "succeeded", after: "waiting" },
      ]),
    );
    const text = await at.run(["runs", "diff", a.run.id, "last"]);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^inputs\.amount +40 +400$/m);
    const same = await at.run(["runs", "diff", a.run.id, a.run.id, "--exit-status"]);
    expect(same).toMatchObject({ code: 0, stdout: "", stderr: "no differences\n" });
  });
});

describe("runs export", () => {
  it("writes definition, journal and approvals of a run in one document, to a file or to stdout", async () => {
    const at = project();
    const { document } = await at.json(["run", "refund", ...large]);
    const { code, stdout } = await at.run(["runs", "export", "--last"]);
    expect(code).toBe(0);
    const exported = JSON.parse(stdout);
    expect(exported).toMatchObject({
      run: { id: document.run.id, status: "waiting", inputs: { amount: 400 } },
      definition: { id: "refund", source: REFUND },
      approvals: [{ id: document.approvals[0].id, status: "open" }],
    });
    expect(exported.events.map(({ seq }: { seq: number }) => seq)).toEqual(
      exported.events.map((_: unknown, index: number) => index + 1),
    );
    const written = await at.run(["runs", "export", "--last", "-o", "run.json"]);
    expect(written.stdout).toBe(`wrote run.json: ${exported.events.length} events\n`);
    expect(JSON.parse((await at.run(["runs", "export", "--last", "--json"])).stdout)).toEqual(exported);
  });

  it("says why a file cannot be written", async () => {
    const at = project();
    await at.run(["run", "refund", ...small]);
    const { code, stderr } = await at.run(["runs", "export", "--last", "-o", "nowhere/run.json"]);
    expect(code).toBe(2);
    expect(stderr).toContain("[cannot-write]");
  });
});
