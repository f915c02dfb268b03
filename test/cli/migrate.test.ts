import { describe, expect, it } from "vitest";
import { createProject } from "../support/cli.js";

const V1 = `apiVersion: stagecraft/v1
id: order
version: "1.0.0"
inputs:
  amount: { type: number }
stages:
  book: { uses: data.write, with: { file: out/book.ndjson, mode: append, rows: [{ n: 1 }] } }
  ask: { needs: [book], uses: approval, with: { approvers: [ann] } }
  ship: { needs: [ask.approved], uses: transform, with: { values: { v: 1 } } }
  stop: { needs: [ask.rejected], uses: end, with: { status: cancelled } }
outputs: { v: "\${{ stages.ship.?outputs.v.orValue(0) }}" }
`;
const V2 = V1.replace('"1.0.0"', '"2.0.0"')
  .replace("values: { v: 1 }", "values: { v: 2 }")
  .replace("amount: { type: number }", "amount: { type: number }\n  urgent: { type: boolean, default: false }")
  .replace(
    "  stop:",
    '  tell: { needs: [ship], uses: notify, with: { via: console, message: "urgent ${{ inputs.urgent }}" } }\n  stop:',
  );
const FILE = "definitions/order.workflow.yaml";

const waiting = async () => {
  const at = createProject({ [FILE]: V1 });
  expect((await at.run(["run", "order", "-i", "amount=7"])).code).toBe(3);
  return at;
};
const approve = async (at: Awaited<ReturnType<typeof waiting>>) => {
  const { document } = await at.json(["approvals", "ls"]);
  return at.run(["approve", document.approvals[0].id, "--as", "ann"]);
};

describe("a definition that is edited while its run waits", () => {
  it("changes nothing of the run, which goes on by the one it was started with", async () => {
    const at = await waiting();
    at.write(FILE, V2);
    await approve(at);
    expect((await at.json(["runs", "show", "--last"])).document.run).toMatchObject({
      status: "succeeded",
      version: "1.0.0",
      outputs: { v: 1 },
    });
  });
});

describe("resume --migrate", () => {
  it("prints the difference, moves the run and goes on; with --dry-run it only prints", async () => {
    const at = await waiting();
    at.write(FILE, V2);
    const dry = await at.run(["resume", "--last", "--migrate", "--dry-run"]);
    expect(dry).toMatchObject({ code: 0, stderr: expect.stringMatching(/next: .* resume \S+ --migrate/) });
    expect(dry.stdout).toMatch(/ship +changed: with +will run as it now says/);
    expect(dry.stdout).toMatch(/tell +added +runs once what it needs has ended/);
    expect(dry.stdout).toContain("changed of the workflow: version, inputs");
    expect((await at.json(["runs", "show", "--last"])).document.run.version).toBe("1.0.0");
    expect((await at.run(["resume", "--last", "--migrate"])).code).toBe(3);
    await approve(at);
    const { run } = (await at.json(["runs", "show", "--last"])).document;
    expect(run).toMatchObject({ status: "succeeded", version: "2.0.0", outputs: { v: 2 } });
    expect(run.inputs).toEqual({ amount: 7, urgent: false });
    expect(run.stages.map((stage: { path: string }) => stage.path)).toContain("tell");
  });

  it("refuses what cannot be, with every reason, and the run goes on as it was", async () => {
    const at = await waiting();
    at.write(
      FILE,
      V2.replace("amount: { type: number }", "amount: { type: number, maximum: 5 }").replaceAll("book", "reserve"),
    );
    const refused = await at.run(["resume", "--last", "--migrate"]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("[cannot-migrate]") });
    expect(refused.stderr).toContain("book has ended succeeded, and the new definition has no such stage");
    expect(refused.stderr).toContain("`amount`");
    await approve(at);
    expect((await at.json(["runs", "show", "--last"])).document.run).toMatchObject({ outputs: { v: 1 } });
  });
});
