import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
import type { Writable } from "node:stream";

/** What is to be started. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** Most that is read of each of its outputs: bytes. */
  readonly maxBytes: number;
  /** Between being told to stop and being killed: milliseconds. */
  readonly grace: number;
}

/** How it ended. Exactly one of `exitCode` and `signal` is not null. */
export interface Ending {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It said more than `maxBytes` on this output, and was killed for it. */
  readonly tooLong?: "stdout" | "stderr";
}

/** Becomes the program once it is told to go, and ends when it never is: then this process was killed before the guard stood. */
const GATE = 'read -r go <&3 || exit 0; exec 3<&-; exec "$@"';
const SHELL = "/bin/sh";
/** Longest wait for outputs that a process outside the group holds open: milliseconds. */
const HELD_OPEN_MS = 1_000;

/** Groups that are alive, so that none survives this process when it ends. */
const groups = new Set<number>();
process.on("exit", () => {
  for (const group of groups) send(group, "SIGKILL");
});

/**
 * Runs a program in a process group of its own and waits for all of it. When this resolves nothing of the group is left.
 * An abort tells the whole group to stop, and kills it after the grace. What the program started and left behind is
 * killed with its end. Rejects where it cannot be started, with the code `spawn` has for that: `ENOENT`, `EACCES`.
 */
export async function runGroup(program: Program, signal: AbortSignal): Promise<Ending> {
  await findProgram(program);
  signal.throwIfAborted();
  const child = spawn(SHELL, ["-c", GATE, SHELL, ...program.command], {
    cwd: program.cwd,
    env: program.env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  const group = child.pid;
  if (group === undefined) return failed;
  groups.add(group);
  const dismiss = guard(group);
  const stop = terminator(group, program.grace);
  signal.addEventListener("abort", stop.begin, { once: true });
  if (signal.aborted) stop.begin();
  const outputs = { stdout: collector(program.maxBytes), stderr: collector(program.maxBytes) };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => {
      if (!outputs[name].add(chunk)) send(group, "SIGKILL");
    });
  }
  const gate = child.stdio[3] as Writable;
  gate.on("error", () => {});
  gate.end("go\n");
  // A program that does not read its input closes it early: that is its own affair.
  child.stdin.on("error", () => {});
  child.stdin.end(program.stdin);
  try {
    const { exitCode, signal: by } = await Promise.race([ended(child, group), failed]);
    const texts = { stdout: outputs.stdout.text, stderr: outputs.stderr.text };
    const [tooLong] = (["stdout", "stderr"] as const).filter((name) => outputs[name].isOver);
    return { exitCode, signal: by, ...texts, ...(tooLong !== undefined && { tooLong }) };
  } finally {
    signal.removeEventListener("abort", stop.begin);
    stop.end();
    groups.delete(group);
    dismiss();
  }
}

/** @throws Error with `code`, where there is no such program or it may not be run */
async function findProgram({ command: [name], cwd, env }: Program): Promise<void> {
  const folders = name.includes("/")
    ? [cwd]
    : (env["PATH"] ?? "").split(delimiter).map((folder) => resolve(cwd, folder));
  let failure: unknown = Object.assign(new Error(`no ${name}`), { code: "ENOENT" });
  for (const folder of folders) {
    const file = resolve(folder, name);
    if (!(await stat(file).catch(() => undefined))?.isFile()) continue;
    try {
      return await access(file, constants.X_OK);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Resolves when the program has ended, the rest of its group is killed, and its outputs are read. */
async function ended(child: ChildProcess, group: number) {
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const [exitCode, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once("exit", (...how) => resolve(how)),
  );
  send(group, "SIGKILL");
  let late: NodeJS.Timeout | undefined;
  const heldOpen = new Promise<void>((resolve) => {
    late = setTimeout(resolve, HELD_OPEN_MS);
  });
  await Promise.race([closed, heldOpen]);
  clearTimeout(late);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return { exitCode, signal };
}

/** SIGTERM to the whole group, and SIGKILL after the grace. */
function terminator(group: number, grace: number) {
  let timer: NodeJS.Timeout | undefined;
  return {
    begin: () => {
      send(group, "SIGTERM");
      timer = setTimeout(() => send(group, "SIGKILL"), grace);
    },
    end: () => clearTimeout(timer),
  };
}

/**
 * A process that waits for a word of ours and kills the group when the pipe breaks instead: that is how it learns that
 * this process was killed, and could not clean up itself.
 */
function guard(group: number): () => void {
  const script = 'read -r word || kill -s KILL -- "-$1"';
  const watcher = spawn(SHELL, ["-c", script, "sh", String(group)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Without a guard the program runs all the same.
  watcher.on("error", () => {});
  watcher.stdin.on("error", () => {});
  watcher.unref();
  return () => watcher.stdin.end("done\n");
}

function collector(maxBytes: number) {
  const parts: Buffer[] = [];
  let size = 0;
  return {
    /** False: it is more than may be kept. */
    add(chunk: Buffer): boolean {
      if (size <= maxBytes) parts.push(chunk);
      size += chunk.byteLength;
      return size <= maxBytes;
    },
    get isOver() {
      return size > maxBytes;
    },
    get text() {
      return Buffer.concat(parts).toString("utf8");
    },
  };
}

function send(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // Nobody is left in it.
  }
}
