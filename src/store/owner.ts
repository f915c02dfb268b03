import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { Owner } from "../engine/ports.js";

/**
 * This process as an owner of leases: host, boot, process namespace, pid and start time, so that neither a pid used
 * again, nor one of another container, nor one of another machine of the same name is taken for ours.
 */
export function processOwner(): Owner {
  const machine = [hostname(), read("/proc/sys/kernel/random/boot_id") ?? "-", namespace()].join("/");
  return {
    name: `${machine}/${process.pid}/${startOf(process.pid) ?? "-"}`,
    isDead(name) {
      const [, where, pid, start] = /^(.*)\/(\d+)\/([^/]*)$/s.exec(name) ?? [];
      // After a reboot the boot differs: that looks like another machine, and its leases are waited out.
      if (where !== machine || pid === undefined) return false;
      return !isRunning(Number(pid)) || (startOf(Number(pid)) ?? "-") !== start;
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return stateOf(pid)?.[0] !== "Z";
}

/** When it started, in ticks since the machine did; undefined where there is no /proc. */
function startOf(pid: number): string | undefined {
  return stateOf(pid)?.[19];
}

/** The fields of /proc/PID/stat from the state on; before it stands the name, which may hold anything. */
function stateOf(pid: number): string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

function namespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "-";
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
