/**
 * Measures the embedded extractor on the labelled cases and writes the figures into its reference page.
 * `--misses` also lists what was wrong in the cases it was tuned on; the held-out ones stay unseen.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const jiti = createJiti(import.meta.url, { alias: { "stagecraft/plugin": here("../src/plugin/api.ts") } });
const { measure, renderFigures, replaceFigures } = await jiti.import(here("../test/support/embedded-quality.ts"));

const page = here("../docs/reference/embedded-provider.md");
const figures = measure();
if (process.argv.includes("--misses")) {
  for (const { where, expected, got } of figures.misses.filter(({ held }) => !held)) {
    console.log(`${where}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
  }
}
console.log(renderFigures(figures));
writeFileSync(page, replaceFigures(readFileSync(page, "utf8"), renderFigures(figures)));
