import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createFolder } from "../../support/cli.js";
import { ROOT } from "../../support/sources.js";
import { hasTerminal } from "../../support/terminal.js";
import { FILES, STEPS } from "./scenario.js";
import { type Output, play } from "./session.js";

const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, "oclif.manifest.json"), "utf8"));

/** By line; one that comes again, after something else happened, says so. */
const steps = STEPS.map(({ line }, at) => {
  const times = STEPS.slice(0, at + 1).filter((step) => step.line === line).length;
  return [times === 1 ? line : `${line} (${times})`, at] as const;
});

it("the story has every command in it", () => {
  const told = STEPS.map(({ line }) => line);
  const silent = Object.keys(manifest.commands)
    .map((id) => id.replaceAll(":", " "))
    .filter((command) => !told.some((line) => line === command || line.startsWith(`${command} `)));
  expect(silent).toEqual([]);
});

describe.each([
  ["off a terminal", false],
  ["on a terminal", true],
] as const)("%s", (_, isTerminal) => {
  let outputs: readonly Output[] = [];
  const isSkipped = isTerminal && !hasTerminal;

  beforeAll(async () => {
    if (!isSkipped) outputs = await play(createFolder(FILES), STEPS, isTerminal);
  }, 180_000);

  it.skipIf(isSkipped).each(steps)("%s", (_line, at) => {
    expect(outputs[at]?.text).toMatchSnapshot();
    if (!isTerminal) expect(outputs[at]?.text).not.toContain("‹");
  });
});
