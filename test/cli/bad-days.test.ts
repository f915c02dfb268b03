import { describe, expect, it } from "vitest";
import { createProject } from "../support/cli.js";

const head = (id: string) => `apiVersion: stagecraft/v1\nid: ${id}\nversion: "1.0.0"\nstages:\n`;
const allow = { "stagecraft.config.yaml": "allow: { shell: true }\n" };
const project = (id: string, stages: string) =>
  createProject({ ...allow, [`definitions/${id}.workflow.yaml`]: `${head(id)}${stages}` });

/** A program that kills the engine that runs it, the first time. */
const KILLING = `[ $STAGECRAFT_ATTEMPT = 1 ] && kill -9 $PPID; true`;

describe("runs show, after", { timeout: 90_000 }, () => {
  it("the process was killed, says so and how to go on; afterwards, what was lost", async () => {
    const at = project("killed", `  pay: { uses: shell, with: { shell: true, command: '${KILLING}' } }\n`);
    expect((await at.run(["run", "killed"])).code).toBeNull();
    const interrupted = await at.run(["runs", "show", "--last"]);
    expect(interrupted.stdout).toContain("its process ended while it was under way; nothing that was recorded is lost");
    expect(interrupted.stderr).toMatch(/next: npx stagecraft resume \S+/);
    expect((await at.run(["resume", "--last"])).code).toBe(0);
    const { stdout } = await at.run(["runs", "show", "--last"]);
    expect(stdout).toContain("pay: an attempt was lost with the process, whether done or not");
    expect(stdout).not.toContain("its process ended");
  });

  it("an effect that must not be repeated was lost, asks a person, and says what they can do", async () => {
    const stage = `{ uses: shell, delivery: atMostOnce, with: { shell: true, command: '${KILLING}' } }`;
    const at = project("once", `  pay: ${stage}\n`);
    await at.run(["run", "once"]);
    expect((await at.run(["resume", "--last"])).code).toBe(3);
    const { stdout, stderr } = await at.run(["runs", "show", "--last"]);
    expect(stdout).toContain("its process died while it ran, and it must not be repeated");
    expect(stderr).toMatch(/next: npx stagecraft retry \S+ --stage pay\nnext: npx stagecraft skip \S+ --stage pay/);
  });

  it("a rollback that failed, lists what a person must undo, and the command that tries again", async () => {
    const at = project(
      "undo",
      `  book:
    uses: shell
    with: { command: ["true"] }
    compensate: { uses: shell, with: { shell: true, command: 'echo the hotel is closed >&2; exit 3' } }
  fly: { needs: [book], uses: shell, with: { command: ["false"] }, onError: rollback }
`,
    );
    expect((await at.run(["run", "undo"])).code).toBe(1);
    const { stdout, stderr } = await at.run(["runs", "show", "--last"]);
    expect(stdout).toMatch(/left to do: undo book by hand, or try again with rollback; .*the hotel is closed/);
    expect(stderr).toMatch(/next: npx stagecraft rollback \S+/);
    const { document } = await at.json(["runs", "show", "--last"]);
    expect(document.run.notable).toMatchObject([{ kind: "left", stage: "book", error: { code: "shell-exit-3" } }]);
  });

  it("a crash in the middle of a rollback, says so, and resume ends it", async () => {
    const at = project(
      "crash",
      `  book:
    uses: shell
    with: { command: ["true"] }
    compensate: { uses: shell, with: { shell: true, command: '[ -e again ] || { touch again; kill -9 $PPID; }' } }
  fly: { needs: [book], uses: shell, with: { command: ["false"] }, onError: rollback }
`,
    );
    expect((await at.run(["run", "crash"])).code).toBeNull();
    expect((await at.run(["runs", "show", "--last"])).stdout).toContain("its process ended while it was under way");
    await at.run(["resume", "--last"]);
    const { document } = await at.json(["runs", "show", "--last"]);
    expect(document.run).toMatchObject({ status: "rolledBack" });
  });

  it("a stage failed, says why and how to try again", async () => {
    const at = project("failing", `  fly: { uses: shell, with: { command: ["false"] } }\n`);
    expect((await at.run(["run", "failing"])).code).toBe(1);
    const { stdout, stderr } = await at.run(["runs", "show", "--last"]);
    expect(stdout).toContain("it ended with exit code 1 [shell-exit-1]");
    expect(stderr).toMatch(/next: npx stagecraft retry \S+\n/);
  });
});

describe("two processes that resume one run at the same moment", () => {
  it("drive it once, each time: no stage is done twice", { timeout: 180_000 }, async () => {
    const stages = ["a", "b", "c"].map((id, at) => {
      const needs = at === 0 ? "" : `needs: [${"abc"[at - 1]}], `;
      return `  ${id}: { ${needs}uses: shell, with: { shell: true, command: 'echo ${id} >> done-$STAGECRAFT_RUN' } }\n`;
    });
    const at = project("once", stages.join(""));
    for (let round = 0; round < 3; round++) {
      const id = (await at.run(["run", "once", "--detach"])).stdout.trim();
      const both = await Promise.all([at.run(["resume", id]), at.run(["resume", id])]);
      // Whoever comes when all is over is told that it is.
      for (const { code, stderr } of both) expect(code === 0 || stderr.includes("[run-finished]"), stderr).toBe(true);
      const { document } = await at.json(["runs", "show", id]);
      expect(document.run).toMatchObject({ status: "succeeded" });
      expect(document.run.stages.map((stage: { attempts: number }) => stage.attempts)).toEqual([1, 1, 1]);
    }
  });
});
