import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import type { Project } from "./cli.js";
import { ROOT } from "./sources.js";

/** `script` of util-linux gives a command a terminal; that of BSD takes other words. */
export const hasTerminal = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

export interface Shown {
  readonly code: number | null;
  /** Everything the terminal was sent, codes included: both streams in one. */
  readonly sent: string;
}

export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the real program on a terminal of its own. */
export function onTerminal({ folder }: Project, args: readonly string[], terminal: Terminal = {}): Promise<Shown> {
  const { columns = 100, rows = 40 } = terminal;
  const words = [process.execPath, path.join(ROOT, "bin/run.js"), ...args].map((word) => `'${word}'`);
  const command = `stty cols ${columns} rows ${rows}; exec ${words.join(" ")}`;
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, SHELL: "/bin/sh", TERM: "xterm-256color", ...terminal.env };
  const child = spawn("script", ["-qefc", command, "/dev/null"], { cwd: folder, env });
  let sent = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    sent += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, sent: sent.replaceAll("\r\n", "\n") }));
  });
}

/** Colours as words, so that a golden can be read: `‹2›next:‹22›`. */
export function withColoursNamed(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  return text.replace(/\x1b\[([\d;]*)m/g, "‹$1›");
}

/** Nothing but what is read: no colours, and no moving about. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  return text.replace(/\x1b\[[?\d;]*[A-Za-z]/g, "");
}

/** Did the cursor go up, to draw over what was there? */
export function isDrawnOver(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  return /\x1b\[\d*A/.test(text);
}
