import { describe, expect, it } from "vitest";
import { createProject, type Project } from "../support/cli.js";
import { PEOPLE, REFUND, SIGNOFF } from "../support/definitions.js";

const small = ["-i", "amount=40", "-i", "reason=late"];
const large = ["-i", "amount=400", "-i", "reason=late"];

function project(): Project {
  return createProject({ "definitions/refund.workflow.yaml": REFUND, "stagecraft.config.yaml": PEOPLE });
}

/** The command that a waiting run printed, as arguments. */
function printedApprove(text: string): readonly string[] {
  const [, args = ""] = text.match(/npx stagecraft (approve .*)/) ?? [];
  return args.split(" ");
}

describe("run", () => {
  it("follows a run to its end: outputs on stdout, events and the next command on stderr", async () => {
    const { code, stdout, stderr } = await project().run(["run", "refund", ...small]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^refund ✔ succeeded in .*\n {2}paid: true\n$/);
    expect(stderr).toMatch(/^\d\d:\d\d:\d\d refund {2}size otherwise$/m);
    expect(stderr).toMatch(/^next: npx stagecraft runs show \S+$/m);
  });

  it("waits with exit 3 and prints a command that approves as somebody entitled", async () => {
    const at = project();
    const waiting = await at.run(["run", "refund", ...large, "-i", "requester=dana"]);
    expect(waiting.code).toBe(3);
    expect(waiting.stdout).toContain("waits for ask: Refund 400?");
    const approve = printedApprove(waiting.stderr);
    // dana is a manager as well, but asked for it.
    expect(approve.slice(-2)).toEqual(["--as", "gina"]);
    const approved = await at.run(approve);
    expect(approved.code).toBe(0);
    expect(approved.stdout).toContain("paid: true");
    const shown = await at.run(["runs", "show", "--last"]);
    expect(shown.stdout).toMatch(/^ask +✔ approved +1 +\S+ +approval/m);
    expect(shown.stdout).toMatch(/^refuse +· omitted/m);
  });

  it("ends with exit 4 when a person rejects and no edge says what then", async () => {
    const at = createProject({ "definitions/signoff.workflow.yaml": SIGNOFF });
    const waiting = await at.run(["run", "signoff"]);
    const [, id = ""] = printedApprove(waiting.stderr);
    const rejected = await at.run(["reject", id, "--as", "dana", "--comment", "no budget"]);
    expect(rejected.code).toBe(4);
    expect(rejected.stdout).toContain("[approval-rejected]");
    expect((await at.run(["approvals", "show", id])).stdout).toContain("no budget");
  });

  it("takes inputs from a file and from stdin, flags going before", async () => {
    const at = project();
    at.write("in.yaml", "amount: 40\nreason: late\n");
    const fromFile = await at.json(["run", "refund", "--input-file", "in.yaml", "-i", "amount=50"]);
    expect(fromFile.document.run.inputs).toEqual({ amount: 50, reason: "late", requester: "ann" });
    const input = JSON.stringify({ amount: 60, reason: "1" });
    const fromStdin = await at.json(["run", "refund", "--input-file", "-"], { input });
    expect(fromStdin.document.run.inputs).toMatchObject({ amount: 60, reason: "1" });
  });

  it.each([
    ["an input is missing", ["-i", "amount=40"], "invalid-input", "`reason` is missing"],
    [
      "nobody said how to give one",
      ["-i", "amount=40"],
      "invalid-input",
      "-i reason=…, or all of them with --input-file",
    ],
    ["an input has the wrong type", ["-i", "amount=lots", "-i", "reason=x"], "invalid-input", "`amount`"],
    ["an input is misspelt", [...small, "-i", "amout=1"], "invalid-input", "there is no input `amout`"],
    ["an input is no pair", ["-i", "amount"], "invalid-flag", "is not name=value"],
    ["the input file is not there", ["--input-file", "none.json"], "invalid-input-file", "none.json"],
    ["a name is of the prototype", [...small, "-i", "__proto__=1"], "invalid-input", "__proto__"],
    ["the patience is no duration", [...small, "--wait", "soon"], "invalid-flag", "--wait: soon is not a duration"],
  ])("starts nothing when %s", async (_, args, code, words) => {
    const at = project();
    const ended = await at.run(["run", "refund", ...args]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(`[${code}]`);
    expect(ended.stderr).toContain(words);
    expect(at.has(".stagecraft")).toBe(false);
  });

  it("says all findings of a definition that is not valid, and starts nothing", async () => {
    const at = createProject({
      "definitions/bad.workflow.yaml": REFUND.replace("id: refund", "id: bad").replace(
        "needs: [size.large]",
        "needs: [size.lrage]",
      ),
    });
    const { code, stderr, stdout } = await at.run(["run", "bad", ...small]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("definitions/bad.workflow.yaml:");
    expect(stderr).toContain("large");
  });

  it("starts nothing with --dry-run, and nothing is driven with --detach", async () => {
    const at = project();
    const dry = await at.run(["run", "refund", ...small, "--dry-run"]);
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining("│ size") });
    expect(at.has(".stagecraft")).toBe(false);
    const detached = await at.run(["run", "refund", ...small, "--detach"]);
    expect(detached.code).toBe(0);
    const id = detached.stdout.trim();
    expect((await at.json(["runs", "show", id])).document.run.stages).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ outcome: "succeeded" })]),
    );
    expect((await at.run(["resume", id.slice(0, -1)])).stdout).toContain("succeeded");
  });

  it("prints one document with --json, and events as lines before it with --events", async () => {
    const at = project();
    const { code, document } = await at.json(["run", "refund", ...large]);
    expect(code).toBe(3);
    expect(document).toMatchObject({
      exitCode: 3,
      run: { status: "waiting" },
      approvals: [{ stage: "ask", status: "open" }],
    });
    const lines = (await at.run(["run", "refund", ...small, "--json", "--events"])).stdout.trim().split("\n");
    const documents = lines.map((line) => JSON.parse(line));
    expect(documents[0]).toMatchObject({ seq: 1, event: { type: "runStarted" } });
    expect(documents.slice(0, -1).map(({ seq }) => seq)).toEqual(lines.slice(0, -1).map((_, index) => index + 1));
    expect(documents.at(-1)).toMatchObject({ exitCode: 0, run: { status: "succeeded" } });
  });

  it("says nothing on stderr with -q, and the result on stdout all the same", async () => {
    const { stdout, stderr } = await project().run(["run", "refund", ...small, "-q"]);
    expect(stdout).toContain("paid: true");
    expect(stderr).not.toMatch(/next:|started|otherwise/);
  });
});

describe("deciding", () => {
  it("is refused with exit 5 to who asked, to who is not entitled, and twice", async () => {
    const at = project();
    const waiting = await at.json(["run", "refund", ...large, "-i", "requester=dana"]);
    const [{ id }] = waiting.document.approvals;
    const refused = async (as: string, verb = "approve") => {
      const ended = await at.run([verb, id, "--as", as]);
      return [ended.code, ended.stderr.match(/\[([a-z-]+)\]/)?.[1]];
    };
    expect(await refused("dana")).toEqual([5, "forbidden"]);
    expect(await refused("ann")).toEqual([5, "not-entitled"]);
    expect((await at.run(["approve", id, "--as", "gina"])).code).toBe(0);
    expect(await refused("gina")).toEqual([5, "already-decided"]);
    expect(await refused("gina", "reject")).toEqual([5, "already-decided"]);
  });

  it("needs an approval that is there and a user who is configured", async () => {
    const at = project();
    const { document } = await at.json(["run", "refund", ...large]);
    expect(await at.run(["approve", "zzz"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("[unknown-approval]"),
    });
    const unknown = await at.run(["approve", document.approvals[0].id, "--as", "nobody"]);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("[unknown-user]") });
    const list = await at.run(["approvals", "ls"]);
    expect(list.stdout).toContain("Refund 400?");
    expect(list.stderr).toContain("--as dana");
  });
});
