import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sarifLog } from "../../src/cli/findings/sarif.js";
import type { Diagnostic } from "../../src/core/diagnostic.js";
import { explain } from "../../src/definition/codes.js";
import { readDefinition } from "../../src/definition/index.js";
import { GOLDEN, goldenHost } from "../support/golden.js";
import { sarifChecker } from "../support/sarif.js";

const check = sarifChecker();
const log = (diagnostics: readonly Diagnostic[]) =>
  sarifLog(diagnostics, "1.0.0", (code) => explain(code).record) as { readonly runs: readonly { results: object[] }[] };

async function everyFinding(): Promise<readonly Diagnostic[]> {
  const host = await goldenHost();
  const files = readdirSync(join(GOLDEN, "err")).filter((name) => name.endsWith(".yaml"));
  return files.flatMap((file) => {
    const text = readFileSync(join(GOLDEN, "err", file), "utf8");
    return readDefinition({ file: `bad definitions/${file}`, text }, host).diagnostics;
  });
}

describe("SARIF", () => {
  it("of every finding of every bad definition is valid under the schema of SARIF 2.1.0", async () => {
    const found = await everyFinding();
    const written = log(found);
    expect(check(written)).toBeNull();
    expect(written.runs[0]?.results).toHaveLength(found.length);
    expect(found.length).toBeGreaterThan(200);
  });

  it("of no finding is valid too", () => {
    expect(check(log([]))).toBeNull();
  });

  it("is held to that schema: what it does not know is said", async () => {
    const [run] = log((await everyFinding()).slice(0, 1)).runs;
    const wrong = { version: "2.1.0", runs: [{ ...run, results: [{ message: { text: "no" }, level: "fatal" }] }] };
    expect(check(wrong)).toMatchObject([{ instancePath: "/runs/0/results/0/level", keyword: "enum" }]);
  });
});
