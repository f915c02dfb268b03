import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../../support/sources.js";
import { nodeOnTerminal, screenOf, withColoursNamed } from "../../support/terminal.js";
import type { Step } from "./scenario.js";

/** What one command printed, with what differs from time to time masked. */
export interface Output {
  readonly text: string;
}

const DRIVER = path.join(ROOT, "test/cli/goldens/children/session.mjs");
const MARK = "\u0001";
/** Who plays: not a word that is printed for other reasons, where it is followed by what a name is followed by. */
const USER = new RegExp(`\\b${os.userInfo().username}\\b(?=$|:| {2}| *[A-Z]|\\x1b|‹)`, "g");

/** Plays all steps in one process: a start of its own for each would take a minute. */
export async function play(folder: string, steps: readonly Step[], isTerminal: boolean): Promise<readonly Output[]> {
  const script = path.join(folder, "..", `${path.basename(folder)}.json`);
  fs.writeFileSync(
    script,
    JSON.stringify({
      door: pathToFileURL(path.join(ROOT, "bin/run.js")).href,
      main: pathToFileURL(path.join(ROOT, "dist/src/cli/main.js")).href,
      steps: steps.map(({ line, ...rest }) => ({ ...rest, args: line.split(" ") })),
    }),
  );
  const command = [DRIVER, script];
  if (isTerminal) {
    const sent = withoutIds((await nodeOnTerminal(folder, command)).sent);
    return parts(sent).map(({ exit, text }, at) => {
      return { text: masked(`exit ${exit}\n${cut(withColoursNamed(screenOf(text)), steps[at])}`) };
    });
  }
  const { stdout, stderr } = await piped(folder, command);
  const errors = parts(withoutIds(stderr));
  return parts(withoutIds(stdout)).map(({ exit, text }, at) => ({
    text: masked(`exit ${exit}\n── stdout\n${cut(text, steps[at])}── stderr\n${errors[at]?.text}`),
  }));
}

function piped(cwd: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, args, { cwd, env: { PATH, HOME }, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(said));
  });
}

/** Between the marks of each step, and the exit code that it ended with. */
function parts(text: string): { exit: string; text: string }[] {
  return text
    .split(`\n${MARK}begin\n`)
    .slice(1)
    .map((part) => {
      const [body = "", exit = ""] = part.split(`\n${MARK}end `);
      return { exit: exit.trim(), text: body };
    });
}

/** Ids are named behind the last step; what looks like one may be a word. */
function withoutIds(text: string): string {
  const [story = "", ids = ""] = text.split(`\n${MARK}ids `);
  const [line = ""] = ids.split("\n");
  return line.split(" ").reduce((rest, id) => rest.replaceAll(id, id.includes("-") ? "RUN" : "APPROVAL"), story);
}

function cut(text: string, step: Step | undefined): string {
  return step?.lines === undefined ? text : `${text.split("\n").slice(0, step.lines).join("\n")}\n…\n`;
}

/** What differs from run to run: ids, times, spans, sizes, ports, who is sitting there. Columns close up around it. */
function masked(text: string): string {
  return text
    .split("\n")
    .map((line) => {
      const hidden = line
        .replace(/\b(sc_|eyJ)[\w.-]{20,}/g, "TOKEN")
        .replace(USER, "USER")
        .replace(/\b[a-f0-9]{8,}\b/g, "HASH")
        .replace(/\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?/g, "DATE")
        .replace(/\b\d\d:\d\d:\d\d\b/g, "TIME")
        .replace(/\b\d+(\.\d+)? ?(ms|s|min|h)\b/g, "SPAN")
        .replace(/\b\d+(\.\d+)? ?(B|kB|KB|MB|bytes)\b/g, "SIZE")
        .replace(/\d+\.\d+\.\d+ on \w+ \w+/, "VERSION")
        .replace(/\b\d+(,? with \d+ stage types| plugins| rows)/, "N$1")
        .replace(/\bschema( +)\d+/, "schema$1N")
        .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
        .replace(/token=\S+/g, "token=TOKEN")
        .replace(/\/\S*stagecraft-cli-\w+/g, "FOLDER");
      return hidden === line && !/^(‹\d+›)?[A-Z][A-Z 0-9]+/.test(line) ? line : hidden.replace(/ {2,}/g, "  ");
    })
    .map((line) => line.replace(/[ \t]+$/, ""))
    .join("\n");
}
