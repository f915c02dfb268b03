import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { formatDiagnostic } from "../../src/core/diagnostic-text.js";
import { CODES, explain } from "../../src/definition/codes.js";
import { type ReadHost, type Reading, readDefinition } from "../../src/definition/index.js";
import { GOLDEN, goldenHost } from "../support/golden.js";
import { ROOT } from "../support/reading.js";

/** `UPDATE=1 npx vitest run test/definition/golden.test.ts` writes the `.out` files anew: read the difference. */
const UPDATE = process.env["UPDATE"] !== undefined;

const names = (folder: string) =>
  readdirSync(join(GOLDEN, folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => name.slice(0, -".yaml".length));

let host: ReadHost;
/** Of a project whose operator allows nothing. */
let closed: ReadHost;
beforeAll(async () => {
  host = await goldenHost();
  closed = await goldenHost([]);
});

function read(folder: string, name: string): Reading {
  const file = `${name}.yaml`;
  const text = readFileSync(join(GOLDEN, folder, file), "utf8");
  return readDefinition({ file, text }, name.endsWith("-not-allowed") ? closed : host);
}

describe("bad definitions", () => {
  it.each(names("err"))("%s says what it always said", (name) => {
    const reading = read("err", name);
    const said = `${reading.diagnostics.map((found) => formatDiagnostic(found, reading.texts.get(found.file) ?? "")).join("\n\n")}\n`;
    const out = join(GOLDEN, "err", `${name}.out`);
    if (UPDATE) writeFileSync(out, said);
    expect(existsSync(out) ? readFileSync(out, "utf8") : "").toBe(said);
    expect(reading.diagnostics).not.toEqual([]);
    expect(reading.plan === undefined).toBe(reading.diagnostics.some(({ severity }) => severity === "error"));
  });

  it("finds ten different mistakes in one file, each at its place", () => {
    const reading = read("err", "ten-mistakes");
    const found = reading.diagnostics.map(({ code, range }) => `${range.start.line} ${code}`);
    expect(found).toEqual([
      "3 bad-version",
      "10 bad-duration",
      "12 unknown-field",
      "13 invalid-value",
      "15 unknown-stage",
      "19 ambiguous-need",
      "20 unknown-stage-type",
      "23 unknown-key",
      "25 never-equal",
      "32 self-need",
    ]);
  });
});

describe("good definitions", () => {
  it.each(names("ok"))("%s has a plan and no finding", (name) => {
    const reading = read("ok", name);
    expect(reading.diagnostics.map(({ code, range }) => `${range.start.line} ${code}`)).toEqual([]);
    expect(reading.plan?.workflow.id).toBe(name);
  });
});

describe("codes", () => {
  it("are all explained, and all of them have a bad definition that shows them", () => {
    const shown = new Set(names("err").flatMap((name) => read("err", name).diagnostics.map(({ code }) => code)));
    const ours = CODES.filter(({ about }) => about !== "inputs" && about !== "test").map(({ code }) => code);
    // A file of 10 MB is made in its own test rather than kept.
    const unseen = [...ours, ...host.registry.codes.keys()].filter((code) => !shown.has(code) && code !== "too-large");
    const unexplained = [...shown].filter((code) => explain(code, host.registry.codes).record === undefined);
    expect({ unseen, unexplained }).toEqual({ unseen: [], unexplained: [] });
  });

  it("have an entry each in the reference, which has no other", () => {
    const page = readFileSync(join(ROOT, "docs/reference/diagnostics.md"), "utf8");
    const told = [...page.matchAll(/^\| `([a-z-]+)` *\|/gm)].map(([, code]) => code as string).sort();
    expect(told).toEqual([...CODES.map(({ code }) => code), ...host.registry.codes.keys()].sort());
  });

  it("are told once each", () => {
    const codes = CODES.map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });
});
