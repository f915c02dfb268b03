import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "./sources.js";

const CACHE = path.join(ROOT, "node_modules/.cache/promtool");

/** Prometheus's own checker: the machine's, or taken out of Debian's package once. Undefined, with the reason told, where neither is to be had. */
export function promtool(): string | undefined {
  const kept = path.join(CACHE, "usr/bin/promtool");
  for (const tool of ["promtool", kept]) if (spawnSync(tool, ["--version"]).status === 0) return tool;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-promtool-"));
  try {
    execFileSync("apt-get", ["download", "prometheus"], { cwd: folder, stdio: "pipe", timeout: 60_000 });
    const [file = ""] = fs.readdirSync(folder);
    fs.mkdirSync(CACHE, { recursive: true });
    execFileSync("dpkg", ["-x", path.join(folder, file), CACHE], { stdio: "pipe" });
    return kept;
  } catch (error) {
    console.warn(`the alert rules were not checked by promtool, which cannot be had here: ${(error as Error).message}`);
    return undefined;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
