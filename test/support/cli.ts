import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach } from "vitest";
import { ROOT } from "./sources.js";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project in a folder of its own, with the real program to run in it. */
export interface Project {
  readonly folder: string;
  write(file: string, text: string): void;
  has(file: string): boolean;
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** What `--json` printed. */
  json(args: readonly string[], options?: RunOptions): Promise<{ code: number | null; document: Document }>;
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the program printed, and fails on what is not there
type Document = any;

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Called with the process and everything it has said so far, each time it says something. */
  readonly onOutput?: (child: ChildProcess, soFar: string) => void;
}

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

/** A new folder with these files, which is there until its maker throws it away. */
export function createFolder(files: Readonly<Record<string, string>>): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-cli-")));
  for (const [file, text] of Object.entries(files)) writeIn(folder, file, text);
  return folder;
}

export function createProject(files: Readonly<Record<string, string>> = {}): Project {
  const folder = createFolder(files);
  folders.push(folder);
  const run = (args: readonly string[], options: RunOptions = {}) => start(folder, args, options);
  return {
    folder,
    write: (file, text) => writeIn(folder, file, text),
    has: (file) => fs.existsSync(path.join(folder, file)),
    run,
    json: async (args, options) => {
      const { code, stdout } = await run([...args, "--json"], options);
      return { code, document: JSON.parse(stdout) };
    },
  };
}

function writeIn(folder: string, file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), text);
}

function start(cwd: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const { PATH, HOME } = process.env;
  // Nothing of the machine's own settings reaches the program, or a key in the shell would change the answers.
  const env = { PATH, HOME, ...options.env };
  const child = spawn(process.execPath, [path.join(ROOT, "bin/run.js"), ...args], { cwd, env });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
      options.onOutput?.(child, said.stdout + said.stderr);
    });
  }
  child.stdin.end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...said }));
  });
}
