import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { buildSync } from "esbuild";
import { onTestFinished } from "vitest";
import { ROOT } from "../support/sources.js";

export interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  /** Its next line of output; undefined when there will be none. */
  line(): Promise<string | undefined>;
  /** Kills it and gives the lines not yet read. */
  kill(): Promise<string[]>;
}

/** A real process that runs `children/<name>.ts`, or the script at an address; killed with the test. */
export function child(name: string | URL, ...args: string[]): Child {
  const script = (typeof name === "string" ? new URL(`./children/${name}.ts`, import.meta.url) : name).pathname;
  const started = spawn(process.execPath, [script.endsWith(".ts") ? compiled(script) : script, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void started.kill("SIGKILL"));
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string | undefined> => {
    const next = await lines.next();
    return next.done ? undefined : next.value;
  };
  const kill = async () => {
    const gone = once(started, "exit");
    started.kill("SIGKILL");
    await gone;
    const rest: string[] = [];
    for (let next = await line(); next !== undefined; next = await line()) rest.push(next);
    return rest;
  };
  return { process: started, line, kill };
}

/** In the project, so that packages are found; every version of Node runs it the same way. */
function compiled(script: string): string {
  const outfile = path.join(ROOT, "test-results/children", `${path.basename(script, ".ts")}-${process.pid}.mjs`);
  const format = { bundle: true, packages: "external", format: "esm", platform: "node" } as const;
  buildSync({ absWorkingDir: ROOT, entryPoints: [script], outfile, ...format, logLevel: "warning" });
  onTestFinished(() => fs.rmSync(outfile, { force: true }));
  return outfile;
}
