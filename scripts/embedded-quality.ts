/**
 * Measures the embedded extractor on the labelled cases and writes the figures into its reference page.
 * `--check` compares instead of writing; `--misses` lists what was wrong in the cases it was tuned on.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { measure, readPage, renderFigures, replaceFigures } from "../test/support/embedded-quality.js";

const page = fileURLToPath(new URL("../docs/reference/embedded-provider.md", import.meta.url));
const figures = measure();

if (process.argv.includes("--misses")) {
  for (const miss of figures.misses.filter((one) => !one.held)) {
    console.log(`${miss.where}: expected ${JSON.stringify(miss.expected)}, got ${JSON.stringify(miss.got)}`);
  }
}
console.log(renderFigures(figures));
if (process.argv.includes("--check")) {
  process.exitCode = readPage(readFileSync(page, "utf8")) === renderFigures(figures) ? 0 : 1;
} else {
  writeFileSync(page, replaceFigures(readFileSync(page, "utf8"), renderFigures(figures)));
}
