import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { commandsPage } from "../../scripts/commands-page.js";
import { EXIT_MEANINGS, exitCodeOf } from "../../src/cli/exit.js";
import { createProject } from "../support/cli.js";
import { ROOT } from "../support/sources.js";

const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, "oclif.manifest.json"), "utf8"));
const commands: [string, { description?: string; examples?: string[]; flags: object }][] = Object.entries(
  manifest.commands,
);

describe("the command line", () => {
  it("shows its version and its commands", async () => {
    const project = createProject();
    const [version, help] = await Promise.all([project.run(["--version"]), project.run(["--help"])]);
    expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^stagecraft\/\d+\.\d+\.\d+ /) });
    expect(help.code).toBe(0);
    for (const word of ["run", "resume", "approve", "reject", "validate", "graph", "demo", "runs", "approvals"]) {
      expect(help.stdout).toMatch(new RegExp(`^  ${word} `, "m"));
    }
  });

  it("describes every command, with an example where it takes arguments", () => {
    const silent = commands.filter(([, { description }]) => !description?.endsWith("."));
    expect(silent.map(([name]) => name)).toEqual([]);
    const bare = commands.filter(([name, { examples }]) => !["demo", "help"].includes(name) && !examples?.length);
    expect(bare.map(([name]) => name)).toEqual([]);
  });

  it("gives every command the global flags", () => {
    const globals = ["db", "config", "json", "quiet", "no-color", "no-input"];
    // On the stdout of `mcp` there is its protocol.
    const isFree = (name: string, flag: string) => name === "help" || (name === "mcp" && flag === "json");
    const lacking = commands.filter(([name, { flags }]) =>
      globals.some((flag) => !(flag in flags) && !isFree(name, flag)),
    );
    expect(lacking.map(([name]) => name)).toEqual([]);
  });

  it("names what was probably meant and runs nothing", async () => {
    const project = createProject();
    const { code, stdout, stderr } = await project.run(["valdiate"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("there is no command valdiate [unknown-command]");
    expect(stderr).toContain("did you mean `stagecraft validate`?");
    const { code: jsonCode, document } = await project.json(["valdiate"]);
    expect(jsonCode).toBe(2);
    expect(document.error.code).toBe("unknown-command");
  });

  it.each([
    [["run"], "missing-argument", "definition"],
    [["run", "refund", "--detahc"], "unknown-flag", "did you mean --detach?"],
    [["run", "refund", "--concurrency", "many"], "invalid-flag", "--concurrency: Expected an integer"],
    [["runs", "ls", "--status", "tired"], "invalid-flag", "tired"],
    [["runs", "ls", "--since", "soon"], "invalid-flag", "neither an age nor a date"],
    [["runs", "show"], "missing-argument", "--last"],
    [["runs", "show", "abc", "--last"], "invalid-flag", "not both"],
    [["cancel", "a", "b"], "unexpected-argument", "b"],
  ])("refuses `%s` with exit 2 and %s", async (args, code, words) => {
    const project = createProject();
    const ended = await project.run(args);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(`[${code}]`);
    expect(ended.stderr).toContain(words);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect(project.has(".stagecraft")).toBe(false);
  });
});

describe("the reference of the command line", () => {
  it("is what the program says of itself (`npm run reference` writes it)", () => {
    const page = fs.readFileSync(path.join(ROOT, "docs/reference/commands.md"), "utf8");
    expect(page).toBe(commandsPage(manifest));
  });
});

describe("exit codes", () => {
  it("are said alike by the program, the README and the decision", async () => {
    const { stdout } = await createProject().run(["help", "exit-codes"]);
    const [readme, decision] = ["README.md", "docs/decisions/0005-exit-codes.md"].map((file) =>
      fs.readFileSync(path.join(ROOT, file), "utf8").replaceAll("\n", " "),
    );
    for (const [code, meaning] of EXIT_MEANINGS) {
      expect(stdout).toContain(`${code}  ${meaning}`);
      expect(readme).toContain(`| ${code} | ${meaning} |`);
      expect(decision).toMatch(new RegExp(`[ .·(]${code} `));
    }
  });

  it.each([
    ["succeeded", null, 0],
    ["failed", "http-status", 1],
    ["cancelled", null, 1],
    ["rolledBack", null, 1],
    ["rollbackFailed", null, 1],
    ["waiting", null, 3],
    ["paused", null, 3],
    ["failed", "approval-rejected", 4],
    ["failed", "approval-expired", 4],
    ["failed", "run-timeout", 124],
  ] as const)("of a run that is %s with error %s is %i", (status, code, exit) => {
    const error = code === null ? null : { code, message: "", retryable: false };
    expect(exitCodeOf({ status, error })).toBe(exit);
  });
});
