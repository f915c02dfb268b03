/**
 * Takes one safety measure out of a copy of the source at a time, and sees that the test named beside it fails.
 * Prints a table; exits 1 when a mutant survives. `--only WORD`, as often as you like, runs those whose measure has the word in it.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MUTANTS } from "./mutants/list.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const COPIED = [
  "src",
  "test",
  "plugins",
  "definitions",
  "schemas",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
];

const { values } = parseArgs({ options: { only: { type: "string", multiple: true } } });
const chosen = MUTANTS.filter(([measure]) => values.only?.some((word) => measure.includes(word)) ?? true);
const copy = fs.mkdtempSync(path.join(os.tmpdir(), "mutants-"));
let survived = 0;
try {
  for (const name of COPIED) fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  fs.symlinkSync(fs.realpathSync(path.join(root, "node_modules")), path.join(copy, "node_modules"));
  console.log("| taken out | where | test that must fail | |\n| --- | --- | --- | --- |");
  for (const mutant of chosen) {
    const verdict = verdictOn(mutant);
    if (verdict !== "killed") survived += 1;
    const [measure, file, , , test] = mutant;
    console.log(`| ${measure} | \`${file}\` | \`${test}\` | ${verdict} |`);
  }
} finally {
  fs.rmSync(copy, { recursive: true, force: true });
}
console.log(`\n${chosen.length - survived} of ${chosen.length} killed`);
process.exitCode = survived === 0 ? 0 : 1;

/** `killed`, `survived`, or `stale`: the text that goes is not there any more, and the list must be mended. */
function verdictOn([, file, from, to, test]) {
  const place = path.join(copy, file);
  const text = fs.readFileSync(place, "utf8");
  if (text.split(from).length !== 2) return "stale";
  fs.writeFileSync(place, text.replace(from, to));
  try {
    const vitest = path.join(copy, "node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", test, "--bail", "1", "--testTimeout", "20000"];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: copy, encoding: "utf8", timeout: 120_000 });
    // A test file that does not even load kills nothing.
    const failed = /Tests\s.*\bfailed\b/.test(stripAnsi(stdout));
    return status !== 0 && failed ? "killed" : status === 0 ? "survived" : `unclear (${status})`;
  } finally {
    fs.writeFileSync(place, text);
  }
}

function stripAnsi(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
