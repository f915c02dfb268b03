import fs from "node:fs";
import path from "node:path";
import { XMLParser } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { createProject } from "../support/cli.js";
import { PEOPLE, REFUND } from "../support/definitions.js";

const HEADER =
  "apiVersion: stagecraft/v1\nkind: WorkflowTest\nworkflow: refund\ninputs: { amount: 20, reason: broken }\ncases:\n";
const GOOD = "  - { name: a small one is paid, expect: { status: succeeded, outputs: { paid: true } } }\n";
const BAD = '  - { name: "a <small> one & all", expect: { outputs: { paid: false } } }\n';

const project = (cases: string) =>
  createProject({
    "stagecraft.config.yaml": PEOPLE,
    "definitions/refund.workflow.yaml": REFUND,
    "definitions/refund.test.yaml": HEADER + cases,
  });

describe("stagecraft test", () => {
  it("exits 0 when all pass, 1 when a case fails or too little is covered, 2 when nothing ran", async () => {
    const good = project(GOOD);
    const passed = await good.run(["test", "--coverage"]);
    expect(passed).toMatchObject({ code: 0 });
    expect(passed.stdout).toMatch(/refund +outcomes +0\/3 +0\.0 +ask\.approved, ask\.rejected, ask\.expired/);
    expect(passed.stdout).toContain("1 of 1 case passed");
    expect((await good.run(["test", "--coverage-min", "90"])).code).toBe(1);
    expect((await good.run(["test", "no such test"])).code).toBe(2);
    expect(good.has(".stagecraft")).toBe(false);

    const failed = await project(GOOD + BAD).run(["test"]);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain(
      "definitions/refund.test.yaml:7:63 error outputs.paid: expected false, actual true [expectation-failed]",
    );

    const invalid = await project("  - { name: one, expect: { stages: { pai: succeeded } } }\n").run(["test"]);
    expect(invalid.code).toBe(2);
    expect(invalid.stdout).toContain("help: did you mean `pay`?");
  }, 60_000);

  it("writes a report for build servers and a document for programs", async () => {
    const { folder, json } = project(GOOD + BAD);
    const { code, document } = await json(["test", "--junit", "report.xml"]);
    expect(code).toBe(1);
    expect(document.suites[0].cases.map(({ passed }: { passed: boolean }) => passed)).toEqual([true, false]);
    expect(document.suites[0].cases[1].failures[0]).toMatchObject({ expected: false, actual: true });
    expect(document.coverage[0].workflow).toBe("refund");
    const xml = fs.readFileSync(path.join(folder, "report.xml"), "utf8");
    const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(xml);
    expect(testsuites).toMatchObject({ "@_tests": "2", "@_failures": "1" });
    const [first, second] = testsuites.testsuite.testcase;
    expect(first).not.toHaveProperty("failure");
    expect(second["@_name"]).toBe("a <small> one & all");
    expect(second.failure["@_type"]).toBe("expectation-failed");
  }, 60_000);

  it("watches: a change of a definition runs its tests again", async () => {
    const watched = project(GOOD);
    let hasChanged = false;
    const { stdout } = await watched.run(["test", "--watch"], {
      onOutput(child, soFar) {
        const runs = soFar.split("watching for changes").length - 1;
        if (runs === 1 && !hasChanged) {
          hasChanged = true;
          watched.write("definitions/refund.workflow.yaml", REFUND.replace("paid: true", "paid: false"));
        }
        if (runs === 2) child.kill("SIGINT");
      },
    });
    expect(stdout).toContain("1 of 1 case passed");
    expect(stdout).toContain("outputs.paid: expected true, actual false");
  }, 60_000);
});
