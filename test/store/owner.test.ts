import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { processOwner } from "../../src/store/owner.js";

describe("an owner of leases", () => {
  const me = processOwner();
  const withPid = (pid: number | string) => me.name.replace(/\/\d+\/([^/]*)$/, `/${pid}/$1`);

  it("is the same for the life of the process, and alive", () => {
    expect(processOwner().name).toBe(me.name);
    expect(me.isDead(me.name)).toBe(false);
  });

  it("is dead once its process is", async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const gone = once(child, "exit");
    const name = withPid(child.pid!);
    child.kill("SIGKILL");
    await gone;
    expect(me.isDead(name)).toBe(true);
  });

  it("is not taken for another process that got its pid", () => {
    const recycled = me.name.replace(/\/[^/]*$/, "/12345");
    expect(me.isDead(recycled)).toBe(true);
  });

  it("of another machine, boot or container is never known to be dead", () => {
    expect(me.isDead(`elsewhere/${withPid(999_999_999)}`)).toBe(false);
    const parts = withPid(999_999_999).split("/");
    expect(me.isDead(parts.join("/"))).toBe(true);
    for (const i of [0, 1, 2]) expect(me.isDead(parts.with(i, "other").join("/"))).toBe(false);
    for (const odd of ["", "w1", "a/b/c", "__proto__"]) expect(me.isDead(odd)).toBe(false);
  });
});
