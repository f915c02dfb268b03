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
  return nodeOnTerminal(folder, [path.join(ROOT, "bin/run.js"), ...args], terminal);
}

/** Runs a script of Node.js on a terminal of its own. */
export function nodeOnTerminal(folder: string, args: readonly string[], terminal: Terminal = {}): Promise<Shown> {
  const { columns = 100, rows = 40 } = terminal;
  const words = [process.execPath, ...args].map((word) => `'${word}'`);
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

/** What is there to be read in the end, after all that was drawn over; colours stay. */
export function screenOf(text: string): string {
  const lines = [""];
  let row = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  for (const [piece, count, what] of text.matchAll(/\x1b\[\??([\d;]*)([A-Za-z])|\n|\r|[^\x1b\n\r]+/g)) {
    if (piece === "\n") row += 1;
    else if (what === "A") row = Math.max(0, row - Number(count || 1));
    else if (what === "B") row += Number(count || 1);
    else if (what === "K") lines[row] = "";
    else if (what === "J") lines.length = row + 1;
    else if (what === undefined || what === "m") lines[row] = (lines[row] ?? "") + (piece === "\r" ? "" : piece);
  }
  return Array.from(lines, (line) => line ?? "").join("\n");
}

/** Did the cursor go up, to draw over what was there? */
export function isDrawnOver(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  return /\x1b\[\d*A/.test(text);
}
