import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestReport } from "../../src/app.js";
import { appOf, shippedProject } from "../support/project.js";
import { shippedIds } from "../support/reading.js";

let project: string;
let report: TestReport;

beforeAll(async () => {
  project = shippedProject();
  const app = await appOf(project);
  report = await app.test({ patterns: [] });
  await app.close();
}, 120_000);

afterAll(() => fs.rmSync(project, { recursive: true }));

describe("the tests beside the shipped definitions", () => {
  it.each(shippedIds)("of %s pass and reach everything in it", (id) => {
    const failures = report.suites
      .filter(({ workflow }) => workflow === id)
      .flatMap(({ cases }) =>
        cases.flatMap(({ name, failures }) => failures.map(({ message }) => `${name}: ${message}`)),
      );
    expect(failures).toEqual([]);
    const covered = report.coverage.find(({ workflow }) => workflow === id);
    expect(covered?.kinds.flatMap(({ missing }) => missing)).toEqual([]);
    expect(covered?.percent).toBe(100);
  });

  it("perform nothing: no database and no file is written", () => {
    expect(report.invalid).toEqual([]);
    expect(fs.existsSync(path.join(project, ".stagecraft"))).toBe(false);
    expect(fs.existsSync(path.join(project, "test.sqlite"))).toBe(false);
  });
});
