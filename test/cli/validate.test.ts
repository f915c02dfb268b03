import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createProject } from "../support/cli.js";
import { GOLDEN } from "../support/golden.js";
import { sarifChecker } from "../support/sarif.js";

const GOOD = `apiVersion: stagecraft/v1
id: good
version: "1.0.0"
stages:
  only: { uses: transform, with: { values: { ok: true } } }
outputs: { ok: "\${{ stages.only.outputs.ok }}" }
`;
const WARNED = GOOD.replace("id: good", "id: warned").replace("stages:", "inputs:\n  spare: { type: string }\nstages:");
const BAD = GOOD.replace("id: good", "id: bad").replace("uses: transform", "uses: trasnform");

const AROUND = `apiVersion: stagecraft/v1
id: pay
version: "1.0.0"
inputs: { amount: { type: number, minimum: 0 } }
stages:
  route: { uses: switch, with: { cases: { large: "\${{ inputs.amount > 500 }}" } } }
  gate: { needs: [route.large], uses: approval, with: { approvers: ["role:board"], expires: 1d } }
  pay: { needs: [{ anyOf: [gate.approved, route.otherwise] }], uses: notify, with: { via: console, message: paid } }
  no: { needs: [{ anyOf: [gate.rejected, gate.expired] }], uses: notify, with: { via: console, message: "no" } }
policies:
  - { id: approved-first, stage: pay, requires: [gate.approved], when: "\${{ inputs.amount > 300 }}" }
`;

const project = () =>
  createProject({
    "definitions/good.workflow.yaml": GOOD,
    "definitions/warned.workflow.yaml": WARNED,
    "definitions/bad file.workflow.yaml": BAD,
  });

describe("validate", () => {
  it("is content with warnings, and with --strict is not", async () => {
    const { run, json } = project();
    expect(await run(["validate", "warned"])).toMatchObject({ code: 0 });
    const strict = await json(["validate", "warned", "--strict"]);
    expect(strict).toMatchObject({ code: 2, document: { valid: false } });
    expect(strict.document.definitions[0].diagnostics).toMatchObject([{ code: "unused", severity: "error" }]);
  });

  it("prints one document with --format json, the same as with --json", async () => {
    const { run, json } = project();
    const { code, stdout } = await run(["validate", "--format", "json"]);
    const { document } = await json(["validate"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual(document);
    expect(document.definitions.map(({ id, valid }: { id: string; valid: boolean }) => [id, valid])).toEqual([
      ["bad", false],
      ["good", true],
      ["warned", true],
    ]);
  });

  it("writes annotations of GitHub Actions", async () => {
    const { code, stdout } = await project().run(["validate", "--format", "github"]);
    expect(code).toBe(2);
    expect(stdout).toBe(
      [
        "::error file=definitions/bad file.workflow.yaml,line=5,endLine=5,col=17,endColumn=26,title=unknown-stage-type::there is no stage type `trasnform`%0Ahelp: did you mean `transform`?",
        "::warning file=definitions/warned.workflow.yaml,line=5,endLine=5,col=3,endColumn=8,title=unused::input `spare` is never used%0Ahelp: remove it, or use it",
        "",
      ].join("\n"),
    );
  });

  it("writes SARIF 2.1.0 that its schema accepts, with what each code means", async () => {
    const { code, stdout } = await project().run(["validate", "--format", "sarif"]);
    expect(code).toBe(2);
    const log = JSON.parse(stdout);
    expect(sarifChecker()(log)).toBeNull();
    const [{ tool, results }] = log.runs;
    expect(tool.driver.rules).toMatchObject([
      { id: "unknown-stage-type", help: { text: expect.stringContaining("spelling") } },
      { id: "unused" },
    ]);
    expect(results[0]).toMatchObject({
      ruleId: "unknown-stage-type",
      ruleIndex: 0,
      level: "error",
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "definitions/bad%20file.workflow.yaml" },
            region: { startLine: 5, startColumn: 17, endLine: 5, endColumn: 26 },
          },
        },
      ],
    });
  });

  it("prints every mistake of a file at its place, in one pass", async () => {
    const text = readFileSync(join(GOLDEN, "err/ten-mistakes.yaml"), "utf8");
    const expected = readFileSync(join(GOLDEN, "err/ten-mistakes.out"), "utf8");
    const file = "definitions/ten-mistakes.workflow.yaml";
    const { code, stdout } = await createProject({ [file]: text }).run(["validate", file]);
    const places = (printed: string) =>
      [...printed.matchAll(/yaml:(\d+:\d+) .*\[([a-z-]+)\]/g)].map(([, at, id]) => `${at} ${id}`);
    expect(code).toBe(2);
    expect(places(stdout).length).toBeGreaterThanOrEqual(10);
    expect(places(stdout)).toEqual(places(expected));
  });

  it("refuses a definition in which a payment can be reached around its approval, and shows the way", async () => {
    const { run } = createProject({ "definitions/pay.workflow.yaml": AROUND });
    const { code, stdout } = await run(["validate", "pay"]);
    expect(code).toBe(2);
    expect(stdout).toContain("policy `approved-first` does not hold");
    expect(stdout).toContain("inputs.amount = 400: route.otherwise → pay, without gate.approved");
    const started = await run(["run", "pay", "-i", "amount=400"]);
    expect(started.code).toBe(2);
    expect((await run(["runs", "ls"])).stdout).not.toContain("pay");
  });

  it("explains a code, ours or a plugin's, and knows which one was meant", async () => {
    const { run, json } = project();
    expect((await run(["validate", "--explain", "not-an-ancestor"])).stdout).toContain("Add it to `needs`.");
    expect((await json(["validate", "--explain", "rules-gap"])).document).toMatchObject({ code: "rules-gap" });
    const wrong = await run(["validate", "--explain", "rules-gpa"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("did you mean rules-gap?");
  });

  it("checks again with --watch when a file is saved, until it is interrupted", { timeout: 30_000 }, async () => {
    const { run, write } = project();
    let isMended = false;
    const { stdout } = await run(["validate", "bad", "--watch"], {
      onOutput: (child, soFar) => {
        if (soFar.includes("watching:") && !isMended) {
          isMended = true;
          write("definitions/bad file.workflow.yaml", GOOD.replace("id: good", "id: bad"));
        }
        if (soFar.includes("✔ definitions/bad file.workflow.yaml: 0 errors")) child.kill("SIGINT");
      },
    });
    expect(stdout).toContain("unknown-stage-type");
    expect(stdout).toContain("✔ definitions/bad file.workflow.yaml: 0 errors");
  });
});
