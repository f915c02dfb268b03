// The last line of CI: how many tests passed and failed, from vitest's own report.
import fs from "node:fs";

const REPORT = "test-results/vitest.json";
let passed = 0;
let failed = 0;
if (fs.existsSync(REPORT)) {
  const report = JSON.parse(fs.readFileSync(REPORT, "utf8"));
  passed = report.numPassedTests;
  failed = report.numFailedTests;
  // A file that does not load has no test to count, and is a failure all the same.
  for (const file of report.testResults) {
    if (file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed")) failed += 1;
  }
} else {
  console.log("The tests did not run.");
}
console.log(`${passed} passed, ${failed} failed`);
