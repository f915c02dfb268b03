import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { PEOPLE, REFUND } from "./support/definitions.js";
import { ROOT } from "./support/sources.js";

/** What each program of the page prints, with ids left out. */
const PRINTED: Readonly<Record<string, RegExp>> = {
  "five-lines": /^succeeded \{ paid: true \}\n$/,
  events: /^RUN 1 runStarted\n(RUN \d+ \w+\n)+RUN \d+ runEnded\n$/,
  approvals: /^Refund 400\?\nsucceeded\n$/,
  "stage-type": /^\{ said: 'HELLO!' \}\n$/,
  tests: /^pays 0\n$/,
};

const TEST = `apiVersion: stagecraft/v1
kind: WorkflowTest
workflow: refund
cases:
  - name: pays
    inputs: { amount: 40, reason: late }
    expect: { status: succeeded, outputs: { paid: true } }
`;

const page = fs.readFileSync(path.join(ROOT, "docs/how-to/embed.md"), "utf8");
const programs = new Map(
  [...page.matchAll(/^```ts\n\/\/ program: (\S+)\n([\s\S]*?)^```$/gm)].map(([, name, text]) => [
    name ?? "",
    text ?? "",
  ]),
);

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-embed-")));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** A project in which the built package is installed, by a link. */
function install(): void {
  const files = {
    "definitions/refund.workflow.yaml": REFUND,
    "definitions/refund.test.yaml": TEST,
    "stagecraft.config.yaml": PEOPLE,
    "package.json": '{ "type": "module" }',
  };
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  fs.mkdirSync(path.join(folder, "node_modules"), { recursive: true });
  fs.symlinkSync(ROOT, path.join(folder, "node_modules/stagecraft"));
}

describe("the programs of docs/how-to/embed.md", () => {
  it("are those whose output is known here", () => {
    expect([...programs.keys()].sort()).toEqual(Object.keys(PRINTED).sort());
    install();
  });

  it("begin with the one that the README shows", () => {
    expect(fs.readFileSync(path.join(ROOT, "README.md"), "utf8")).toContain(programs.get("five-lines"));
  });

  it.each([...programs])("%s runs and prints what it says", async (name, text) => {
    fs.writeFileSync(path.join(folder, `${name}.js`), text);
    const { PATH, HOME } = process.env;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [`${name}.js`], {
      cwd: folder,
      env: { PATH, HOME },
    });
    expect(stderr).toBe("");
    expect(stdout.replace(/\b[a-z0-9]{8}-[a-z0-9]{4}\b/g, "RUN")).toMatch(PRINTED[name] ?? /never/);
  });
});
