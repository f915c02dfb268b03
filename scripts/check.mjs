// Everything CI asks, all of it even when an early step fails, so that one run shows every finding.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const REPORT = ["--reporter=default", "--reporter=json", "--outputFile.json=test-results/vitest.json"];
const STEPS = [
  ["build", ["npm", "run", "--silent", "build"]],
  ["format and lint", ["npm", "run", "--silent", "lint"]],
  ["types", ["npm", "run", "--silent", "types"]],
  ["unused code", ["npm", "run", "--silent", "knip"]],
  ["package", ["npm", "run", "--silent", "package:lint"]],
  // The house rules are among the tests.
  ["tests", ["npm", "test", "--silent", "--", ...REPORT]],
];

const failed = [];
for (const [name, [command, ...args]] of STEPS) {
  console.log(`\n── ${name}`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? "\nAll checks passed." : `\nFailed: ${failed.join(", ")}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
