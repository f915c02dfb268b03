import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export interface Program {
  readonly file: string;
  /** Beside what the process needs anyway: where its libraries are. */
  readonly env: Readonly<Record<string, string>>;
}

const ROOT = path.resolve(import.meta.dirname, "../..");
const LIBRARIES = ["usr/lib", `usr/lib/${os.arch() === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`];

/**
 * A program for tests: the machine's, or taken out of Debian's packages once, below node_modules and without installing
 * anything. Otherwise the reason why it cannot be had.
 * @param args with which it says its version
 */
export function programOf(name: string, pack: string, folder: "bin" | "sbin", ...args: readonly string[]) {
  const cache = path.join(ROOT, "node_modules/.cache", name);
  const kept: Program = {
    file: path.join(cache, "usr", folder, name),
    env: { LD_LIBRARY_PATH: LIBRARIES.map((part) => path.join(cache, part)).join(path.delimiter) },
  };
  const candidates: readonly Program[] = [{ file: name, env: {} }, { file: `/usr/sbin/${name}`, env: {} }, kept];
  const says = ({ file, env }: Program) => spawnSync(file, args, { env: { ...process.env, ...env } }).status === 0;
  const found = candidates.find(says);
  if (found !== undefined) return found;
  try {
    unpack(pack, cache);
    if (!says(kept)) throw new Error(`${kept.file} does not run`);
    return kept;
  } catch (error) {
    return `${name} is not installed, and Debian's package cannot be had here: ${(error as Error).message}`;
  }
}

/** The package, those that it is split into, and those of its libraries that this system lacks. */
function unpack(pack: string, cache: string): void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-debian-"));
  const options = { cwd: folder, stdio: "pipe", timeout: 60_000, encoding: "utf8" } as const;
  try {
    const plan = execFileSync("apt-get", ["install", "--simulate", "--no-install-recommends", pack], options);
    const missing = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name as string);
    const [family] = pack.split("-") as [string];
    const wanted = missing.filter((name) => name.startsWith(family) || name.startsWith("lib"));
    execFileSync("apt-get", ["download", ...wanted], options);
    const whole = `${cache}.${process.pid}`;
    for (const file of fs.readdirSync(folder)) {
      execFileSync("dpkg", ["-x", path.join(folder, file), whole], { stdio: "pipe" });
    }
    // Other tests may be at the same: nobody finds half of it.
    if (fs.existsSync(cache)) fs.rmSync(whole, { recursive: true });
    else fs.renameSync(whole, cache);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
