import { describe, expect, it } from "vitest";
import { createProject } from "../support/cli.js";

const head = (id: string) => `apiVersion: stagecraft/v1\nid: ${id}\nversion: "1.0.0"\n`;

/** Waits long enough for a test to interrupt it. */
const SLOW = `${head("slow")}stages:
  first: { uses: transform, with: { values: { done: true } } }
  nap: { needs: [first], uses: wait, with: { duration: 30s } }
`;

/** Fails for good, and holds for a person. Its compensation writes a file. */
const HELD = `${head("held")}stages:
  book:
    uses: data.write
    with: { file: out/book.json, rows: [{ n: 1 }] }
    compensate: { uses: data.write, with: { file: out/undone.json, rows: [{ n: 1 }] } }
  read: { needs: [book], uses: data.read, with: { file: in/rows.json }, onError: pause }
outputs: { count: "\${{ coalesce(stages.read.outputs.count, 0) }}" }
`;

const files = { "definitions/slow.workflow.yaml": SLOW, "definitions/held.workflow.yaml": HELD };

describe("Ctrl-C", () => {
  it("stops with exit 130, keeps what was done and prints the command that goes on", async () => {
    const at = createProject(files);
    let sent = false;
    const stopped = await at.run(["run", "slow"], {
      onOutput: (child, soFar) => {
        if (sent || !soFar.includes("nap waits")) return;
        sent = true;
        child.kill("SIGINT");
      },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain("interrupted: everything up to here is saved");
    const [, id = ""] = stopped.stderr.match(/next: npx stagecraft resume (\S+)/) ?? [];
    const { document } = await at.json(["runs", "show", id]);
    expect(document.run.stages[0]).toMatchObject({ path: "first", outcome: "succeeded" });
    expect((await at.run(["resume", id, "--wait", "0s"])).code).toBe(3);
  });
});

describe("a run that waits", () => {
  it("is cancelled, and then is finished for every verb but the one that undoes it", async () => {
    const at = createProject(files);
    expect((await at.run(["run", "slow", "--wait", "0s"])).code).toBe(3);
    const cancelled = await at.run(["cancel", "--last", "--reason", "no need"]);
    expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringContaining("cancelled") });
    for (const verb of ["resume", "pause", "cancel", "retry"]) {
      const refused = await at.run([verb, "--last"]);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("[run-finished]") });
    }
    expect(await at.run(["rollback", "--last"])).toMatchObject({ stdout: expect.stringContaining("rolledBack") });
    expect(await at.run(["rollback", "--last"])).toMatchObject({ stderr: expect.stringContaining("[run-finished]") });
  });

  it("is paused and resumed", async () => {
    const at = createProject(files);
    await at.run(["run", "slow", "--wait", "0s"]);
    expect(await at.run(["pause", "--last"])).toMatchObject({ code: 0, stdout: expect.stringContaining("paused") });
    const resumed = await at.run(["resume", "--last", "--wait", "0s"]);
    expect(resumed).toMatchObject({ code: 3, stdout: expect.stringContaining("waiting") });
  });
});

describe("a run held after a failure", () => {
  const hold = async () => {
    const at = createProject(files);
    const held = await at.run(["run", "held"]);
    expect(held.code).toBe(3);
    return { at, held };
  };

  it("says what a person may do, and goes on with retry once the cause is gone", async () => {
    const { at, held } = await hold();
    expect(held.stderr).toContain("--stage read");
    expect((await at.run(["retry", "--last"])).code).toBe(3);
    at.write("in/rows.json", `[{ "a": 1 }, { "a": 2 }]`);
    const retried = await at.run(["retry", "--last", "--stage", "read"]);
    expect(retried).toMatchObject({ code: 0, stdout: expect.stringContaining("count: 2") });
  });

  it("goes on with skip, with the outputs it is given", async () => {
    const { at } = await hold();
    const skipped = await at.run(["skip", "--last", "--stage", "read", "--output", "count=7", "--output", "rows=[]"]);
    expect(skipped).toMatchObject({ code: 0, stdout: expect.stringContaining("count: 7") });
  });

  it("is undone with rollback", async () => {
    const { at } = await hold();
    expect(at.has("out/undone.json")).toBe(false);
    const undone = await at.run(["rollback", "--last", "--reason", "wrong vendor"]);
    expect(undone).toMatchObject({ code: 0, stdout: expect.stringContaining("rolledBack") });
    expect(at.has("out/undone.json")).toBe(true);
  });
});

describe("failing", () => {
  it("exits 1 when a stage fails and 124 when the run's time is over", async () => {
    const failing = HELD.replace(", onError: pause", "").replace("id: held", "id: failing");
    const late = SLOW.replace("stages:", "timeout: 300ms\nstages:").replace("id: slow", "id: late");
    const at = createProject({ "definitions/failing.workflow.yaml": failing, "definitions/late.workflow.yaml": late });
    expect((await at.run(["run", "failing"])).code).toBe(1);
    const timedOut = await at.run(["run", "late"]);
    expect(timedOut.stdout).toContain("[run-timeout]");
    expect(timedOut.code).toBe(124);
  });
});

describe("naming a run", () => {
  it("goes by prefix, says when that is not enough, and when there is none", async () => {
    const at = createProject(files);
    expect(await at.run(["runs", "show", "--last"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("[store-missing]"),
    });
    const ids = [];
    for (let count = 0; count < 2; count += 1) ids.push((await at.run(["run", "slow", "--detach"])).stdout.trim());
    expect((await at.run(["runs", "show", ids[0]?.slice(0, -1) ?? ""])).stdout).toContain(ids[0]);
    const [ambiguous, unknown, graph] = await Promise.all([
      at.run(["runs", "show", ids[0]?.slice(0, 3) ?? ""]),
      at.run(["runs", "show", "nope"]),
      at.run(["graph", "nope"]),
    ]);
    expect(ambiguous).toMatchObject({ code: 2, stderr: expect.stringContaining("[ambiguous-run]") });
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("[unknown-run]") });
    expect(graph).toMatchObject({ code: 2, stderr: expect.stringContaining("[unknown-definition]") });
  });
});

it("a run that cannot be driven now is kept, and says with what it goes on", async () => {
  const settings = { "stagecraft.config.yaml": "backend: restate\nrestate: { ingress: http://127.0.0.1:1 }\n" };
  const at = createProject({ ...files, ...settings });
  const { code, stderr } = await at.run(["run", "slow"]);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("[restate-unreachable]") });
  const [, id = ""] = stderr.match(/is kept, .*: npx stagecraft resume (\S+)/) ?? [];
  expect((await at.run(["resume", id, "--wait", "0s"], { env: { STAGECRAFT_BACKEND: "local" } })).code).toBe(3);
});
