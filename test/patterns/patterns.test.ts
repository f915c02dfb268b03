import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Case, type Pattern, patterns, runCase } from "./run.js";

interface Entry {
  readonly number: number;
  readonly name: string;
  readonly missing?: string;
}

const catalogue = parse(readFileSync(new URL("catalogue.yaml", import.meta.url), "utf8")) as readonly Entry[];
const known = patterns();
const cases = known.flatMap((pattern) => pattern.cases.map((given) => ({ pattern, given, title: pattern.file })));
/** Cases that have not come out as they say. */
const left = new Set<Case>(known.flatMap((pattern) => pattern.cases));

async function runs(pattern: Pattern, given: Case): Promise<void> {
  const { status, work, outcomes } = await runCase(pattern, given);
  expect(work).toEqual(given.work);
  const starts = Object.entries(given.work).flatMap(([path, said]) => (/^\d/.test(said) ? [path] : []));
  expect(Object.keys(work).slice(0, starts.length)).toEqual(starts);
  expect(outcomes).toMatchObject(given.outcomes ?? {});
  expect(status).toBe(given.status ?? "succeeded");
}

describe("the workflow control-flow patterns", () => {
  it.each(cases)("$title: $given.name", async ({ pattern, given }) => {
    await runs(pattern, given);
    left.delete(given);
  });

  it("are 43, each with a definition that runs or the reason why there is none", () => {
    expect(catalogue.map(({ number }) => number)).toEqual(Array.from({ length: 43 }, (_, at) => at + 1));
    const shown = new Set(known.map(({ number }) => number));
    expect(catalogue.filter(({ number, missing }) => shown.has(number) === (missing !== undefined))).toEqual([]);
  });

  it("are listed in the documentation as they ran", async () => {
    await expect(table()).toMatchFileSnapshot("../../docs/reference/patterns.md");
  });
});

/** Written from what ran: a pattern of which a case did not come out as it says is not counted. */
function table(): string {
  let count = 0;
  const rows = catalogue.map(({ number, name, missing }) => {
    if (missing !== undefined) return `| ${number} | ${name} | – | not expressible: ${missing} |`;
    const found = known.filter((pattern) => pattern.number === number);
    const isShown = found.every((pattern) => !pattern.cases.some((given) => left.has(given)));
    if (isShown) count += 1;
    const construct = found.map((pattern) => pattern.construct).join("; ");
    const links = found.map(({ file }) => `[${isShown ? "runs" : "fails"}](../../test/patterns/${file})`).join(", ");
    return `| ${number} | ${name} | ${construct} | ${links} |`;
  });
  return `# Workflow control-flow patterns

What a workflow language can say is compared by the patterns of Russell, ter Hofstede, van der Aalst and Mulyar
(_Workflow Control-Flow Patterns: A Revised View_, 2006). ${count} of the 43 run here. A pattern counts when a definition shows
the behaviour that defines it: \`test/patterns\` holds one for each with the times at which its stages must start and end, and this
page is written by the test that runs them.

| | pattern | said with | |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}
