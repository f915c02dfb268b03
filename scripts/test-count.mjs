// The last line of CI: how many tests passed and failed, from vitest's own report.
import fs from "node:fs";
import path from "node:path";

const REPORT = "test-results/vitest.json";
const title = (test) => `"${test.title}"`;
let passed = 0;
let failed = 0;
if (fs.existsSync(REPORT)) {
  const report = JSON.parse(fs.readFileSync(REPORT, "utf8"));
  passed = report.numPassedTests;
  failed = report.numFailedTests;
  for (const { name, status, assertionResults } of report.testResults) {
    // A file that does not load has no test to count, and is a failure all the same.
    if (status === "failed" && !assertionResults.some((test) => test.status === "failed")) failed += 1;
    // So is a test that never came to its end, because its process died: the report calls its file passed.
    const unended = assertionResults.filter((test) => test.status === "pending");
    if (unended.length > 0) console.log(`Not ended in ${path.relative(".", name)}: ${unended.map(title).join(", ")}`);
    failed += unended.length;
  }
} else {
  console.log("The tests did not run.");
}
console.log(`${passed} passed, ${failed} failed`);
