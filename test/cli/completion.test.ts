import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { completionScript, SHELLS } from "../../src/cli/completion.js";
import { createProject } from "../support/cli.js";

const hasShell = (name: string) => spawnSync(name, ["-c", "exit 0"]).status === 0;

const flag = (name: string, options: readonly string[] = []) => ({ name, description: `a person's ${name}`, options });
const commands = [
  { words: ["graph"], description: "Draw.", flags: [flag("format", ["ascii", "svg"]), flag("last")] },
  { words: ["runs", "ls"], description: "List.", flags: [flag("limit")] },
  { words: ["runs", "show"], description: "Show.", flags: [flag("last")] },
];

/** What bash offers for the words, the last of which is being typed. */
function offered(...words: readonly string[]): readonly string[] {
  const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}`;
  const script = `${completionScript("bash", "stagecraft", commands)}\n${line}\n_stagecraft\necho "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim().split(" ").filter(Boolean);
}

describe.skipIf(!hasShell("bash"))("completion in bash", () => {
  it.each([
    [
      ["stagecraft", ""],
      ["graph", "runs"],
    ],
    [
      ["stagecraft", "runs", ""],
      ["ls", "show"],
    ],
    [["stagecraft", "runs", "s"], ["show"]],
    [["stagecraft", "runs", "show", "7f3a", "--l"], ["--last"]],
    [
      ["stagecraft", "graph", "refund", "--"],
      ["--format", "--last"],
    ],
    [
      ["stagecraft", "graph", "refund", "--format", ""],
      ["ascii", "svg"],
    ],
    [["stagecraft", "nonsense", "x"], []],
  ])("of %j offers %j", (words, wanted) => {
    expect(offered(...words)).toEqual(wanted);
  });
});

describe("autocomplete", () => {
  it("knows every command there is, and is read by the shells that are here", async () => {
    const project = createProject();
    for (const shell of SHELLS) {
      const { code, stdout } = await project.run(["autocomplete", shell]);
      expect(code).toBe(0);
      for (const word of ["runs", "approve", "validate", "exit-status"]) expect(stdout).toContain(word);
      const file = path.join(project.folder, shell);
      fs.writeFileSync(file, stdout);
      if (hasShell(shell)) execFileSync(shell, ["-n", file]);
    }
  });

  it("names the shells it knows when asked for another", async () => {
    const { code, stderr } = await createProject().run(["autocomplete", "tcsh"]);
    expect(code).toBe(2);
    expect(stderr).toContain("bash, zsh, fish");
  });
});
