import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { onTestFinished } from "vitest";
import { ROOT } from "../sources.js";

export interface WorkerProcess {
  readonly pid: number;
  /** Everything it has said. */
  said(): string;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Asks it to stop, and resolves when it has ended. */
  stop(): Promise<void>;
}

/** A real `stagecraft worker` in the project; it is gone with the test at the latest. */
export async function startWorkerProcess(
  folder: string,
  env: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<WorkerProcess> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [path.join(ROOT, "bin/run.js"), "worker", ...flags], {
    cwd: folder,
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const gone = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await gone;
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk));
  await untilReady(child, () => said);
  return {
    pid: child.pid as number,
    said: () => said,
    signal: (name) => void child.kill(name),
    async stop() {
      child.kill("SIGTERM");
      await gone;
    },
    async kill() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}

async function untilReady(child: ChildProcess, said: () => string): Promise<void> {
  while (!said().includes("driving the runs")) {
    if (child.exitCode !== null) throw new Error(`the worker ended:\n${said()}`);
    await Promise.race([once(child.stderr as NodeJS.ReadableStream, "data"), once(child, "exit")]);
  }
}
