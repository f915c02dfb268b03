import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { onTestFinished } from "vitest";

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
  const started = spawn(
    process.execPath,
    [...(script.endsWith(".ts") ? ["--import", "jiti/register"] : []), script, ...args],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
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
