import { beforeAll, describe, expect, it } from "vitest";
import { createProject, type Project } from "../support/cli.js";
import { PEOPLE, REFUND } from "../support/definitions.js";
import { hasTerminal, isDrawnOver, onTerminal, plain, withColoursNamed } from "../support/terminal.js";

const small = ["-i", "amount=40", "-i", "reason=late"];

const MANY = `apiVersion: stagecraft/v1
id: many
version: "1.0.0"
inputs: { count: { type: integer } }
stages:
  load:
    forEach: { items: "\${{ range(inputs.count) }}", as: n, concurrency: 20 }
    uses: wait
    with: { duration: 20ms }
`;

function project(): Project {
  return createProject({
    "definitions/refund.workflow.yaml": REFUND,
    "definitions/many.workflow.yaml": MANY,
    "stagecraft.config.yaml": PEOPLE,
  });
}

describe.skipIf(!hasTerminal)(
  "on a terminal (skipped where there is no `script` of util-linux)",
  { timeout: 60_000 },
  () => {
    it("a run is a live tree, which ends as a list of what came of each stage", async () => {
      const { code, sent } = await onTerminal(project(), ["run", "refund", ...small]);
      expect(code).toBe(0);
      // It is drawn over: the cursor goes up, lines are erased.
      expect(isDrawnOver(sent)).toBe(true);
      const end = plain(sent).replace(/ {2,}/g, "  ").split("\n").slice(-14).join("\n");
      for (const line of ["✔ size switch  otherwise", "· ask approval  omitted", "✔ pay transform  succeeded"]) {
        expect(end).toContain(line);
      }
    });

    it("a list of 1,000 has a bar, a count and the time that is left", async () => {
      const { code, sent } = await onTerminal(project(), ["run", "many", "-i", "count=1000"]);
      expect(code).toBe(0);
      const bars = [
        ...plain(sent).matchAll(/load wait.*? ([█▏▎▍▌▋▊▉░]{24}) (\d+)\/1000 {2}(\d+)%(?: {2}about (\S+) left)?/g),
      ];
      const counts = bars.map(([, , ended]) => Number(ended));
      expect(new Set(counts).size).toBeGreaterThan(3);
      expect(counts).toEqual([...counts].sort((a, b) => a - b));
      expect(bars.some(([, , , , left]) => left !== undefined)).toBe(true);
    });

    it.each([
      ["NO_COLOR", { env: { NO_COLOR: "1" } }, []],
      ["--no-color", {}, ["--no-color"]],
    ])("%s leaves colours out", async (_, terminal, flags) => {
      const { sent } = await onTerminal(project(), ["validate", "refund", ...flags], terminal);
      expect(sent).toContain("✔");
      expect(withColoursNamed(sent)).not.toContain("‹");
    });

    it("that cannot move its cursor, or is too narrow, gets a line an event", async () => {
      for (const terminal of [{ env: { TERM: "dumb" } }, { columns: 15 }]) {
        const { code, sent } = await onTerminal(project(), ["run", "refund", ...small], terminal);
        expect(code).toBe(0);
        expect(isDrawnOver(sent)).toBe(false);
        expect(plain(sent)).toContain("pay succeeded");
      }
    });

    it("no command asks anything: what is missing is said, with --no-input and without", async () => {
      for (const flags of [[], ["--no-input"]]) {
        const { code, sent } = await onTerminal(project(), ["run", "refund", ...flags]);
        expect(code).toBe(2);
        expect(plain(sent)).toContain("[invalid-input]");
      }
    });
  },
);

beforeAll(() => {
  if (!hasTerminal) console.warn("skipped: no `script` of util-linux, so nothing runs on a terminal");
});
