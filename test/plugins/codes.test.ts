import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/definition/index.js";
import { fullRegistry, ROOT } from "../support/reading.js";

const registry = await fullRegistry();

const sources = readdirSync(join(ROOT, "plugins"), { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ts") && !name.includes(".test."),
);

/** Codes as checks write them: with a severity, or in the helper of their plugin. */
function codesIn(text: string): string[] {
  const written = /(?:code: |fault\([^"]*?|fault\(\s*path,\s*|issueOf\(|caution\()"([a-z]+(?:-[a-z]+)+)"/g;
  return [...text.matchAll(written)].map(([, code]) => code as string);
}

describe("codes of the plugins' findings", () => {
  const found = new Set(sources.flatMap((name) => codesIn(readFileSync(join(ROOT, "plugins", name), "utf8"))));

  it("have a record each, so that --explain and the reference can say what they mean", () => {
    expect(found.size).toBeGreaterThan(20);
    const silent = [...found].filter((code) => explain(code, registry.codes).record === undefined);
    expect(silent).toEqual([]);
  });

  it("are whole sentences", () => {
    const odd = [...registry.codes.values()].filter(({ means, mend }) => !/\.$/.test(means) || !/\.$/.test(mend));
    expect(odd).toEqual([]);
  });

  it("are the plugin's own words, and never one of the language's", () => {
    const ours = [...registry.codes.keys()].filter((code) => explain(code).record !== undefined);
    expect(ours).toEqual([]);
  });
});
