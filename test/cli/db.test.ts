import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { createProject, type Project } from "../support/cli.js";
import { PEOPLE, REFUND } from "../support/definitions.js";

function project(): Project {
  return createProject({ "definitions/refund.workflow.yaml": REFUND, "stagecraft.config.yaml": PEOPLE });
}

async function runOne(at: Project, amount = 40): Promise<string> {
  const { document } = await at.json(["run", "refund", "-i", `amount=${amount}`, "-i", "reason=late"]);
  return document.run.id;
}

describe("without a database", () => {
  it("lists say that there is none yet, and make none", async () => {
    const at = project();
    for (const list of [
      ["runs", "ls"],
      ["approvals", "ls"],
      ["db", "status"],
    ]) {
      const { code, stdout, stderr } = await at.run(list);
      expect([code, stdout]).toEqual([0, ""]);
      expect(stderr).toContain("there is no database");
    }
    expect((await at.json(["runs", "show", "--last"])).document.error.code).toBe("store-missing");
    expect((await at.json(["db", "check"])).document.error.code).toBe("store-missing");
    expect(at.has(".stagecraft")).toBe(false);
  });

  it("migrate makes one", async () => {
    const at = project();
    expect((await at.run(["db", "migrate"])).stdout).toMatch(/has schema \d+ \(made\)/);
    expect((await at.run(["db", "migrate"])).stdout).toContain("(up to date)");
  });
});

describe("db", () => {
  it("status says what it is kept in, as read back", async () => {
    const at = project();
    await runOne(at);
    const { document } = await at.json(["db", "status"]);
    expect(document).toMatchObject({
      exists: true,
      driver: "sqlite3",
      settings: { journal_mode: "wal", synchronous: "full" },
      runs: { succeeded: 1 },
    });
    expect((await at.run(["db", "status"])).stdout).toMatch(/^settings +journal_mode wal, synchronous full/m);
  });

  it("is carried by the package that the project names, or says how to install that", async () => {
    const at = project();
    at.write("stagecraft.config.yaml", "driver: better-sqlite3\n");
    const isInstalled = await import("better-sqlite3" as string).then(
      () => true,
      () => false,
    );
    const { code, document } = await at.json(["db", "migrate"]);
    if (isInstalled) {
      expect((await at.json(["db", "status"])).document.driver).toBe("better-sqlite3");
    } else {
      expect(code).not.toBe(0);
      expect(document.error).toMatchObject({ code: "store-driver", help: expect.stringContaining("npm install") });
    }
    at.write("stagecraft.config.yaml", "driver: oracle\n");
    expect((await at.json(["db", "status"])).document.error.code).toBe("config-invalid");
  });

  it("backup makes a database of its own that commands can read", async () => {
    const at = project();
    const run = await runOne(at);
    expect((await at.run(["db", "backup", "copies/a.sqlite"])).code).toBe(0);
    expect((await at.json(["db", "check", "--db", "copies/a.sqlite"])).document.ok).toBe(true);
    const { document } = await at.json(["runs", "ls", "--db", "copies/a.sqlite"]);
    expect(document.runs).toMatchObject([{ id: run }]);
    expect((await at.json(["db", "backup", "copies/a.sqlite"])).document.error.code).toBe("backup-exists");
  });

  it("prune removes finished runs only, says first what would go, and wants to be told which", async () => {
    const at = project();
    const [first, second] = [await runOne(at), await runOne(at)];
    const waiting = await runOne(at, 400);
    expect((await at.json(["db", "prune"])).document.error.code).toBe("missing-flag");
    const dry = await at.json(["db", "prune", "--keep", "1", "--dry-run"]);
    expect(dry.document).toMatchObject({ runs: [first], dryRun: true });
    expect((await at.json(["db", "prune", "--older-than", "1h"])).document.runs).toEqual([]);
    expect((await at.json(["db", "prune", "--keep", "0", "--status", "failed"])).document.runs).toEqual([]);
    expect((await at.json(["db", "prune", "--older-than", "0s"])).document.runs.sort()).toEqual([first, second].sort());
    expect((await at.json(["runs", "ls"])).document.runs).toMatchObject([{ id: waiting }]);
    expect((await at.json(["db", "check"])).document.ok).toBe(true);
  });

  it("archive writes a run that can be shown, verified and put back; a changed one is refused", async () => {
    const at = project();
    const run = await runOne(at);
    // What it used is measured beside its journal, and goes with its database.
    const before = (await at.run(["runs", "show", run])).stdout.replace(/^ {2}used .*\n/m, "");
    const { document } = await at.json(["db", "archive", run, "-o", "old", "--remove"]);
    const [{ file }] = document.archived;
    expect((await at.json(["runs", "ls"])).document.runs).toEqual([]);
    expect((await at.run(["runs", "show", "--archive", file])).stdout).toBe(before);
    expect((await at.run(["db", "verify", file])).stdout).toContain("is whole");
    const changed = path.join(path.dirname(file), "changed.jsonl");
    fs.writeFileSync(changed, fs.readFileSync(file, "utf8").replace("late", "soon"));
    for (const verb of ["verify", "restore"]) {
      expect((await at.json(["db", verb, changed])).document.error.code).toBe("archive-damaged");
    }
    expect((await at.run(["db", "restore", file])).code).toBe(0);
    expect((await at.run(["runs", "show", run])).stdout).toBe(before);
    expect((await at.json(["db", "restore", file])).document.error.code).toBe("run-exists");
  });

  it("archive refuses a run that waits, and verify what is no archive", async () => {
    const at = project();
    const waiting = await runOne(at, 400);
    expect((await at.json(["db", "archive", waiting, "-o", "old"])).document.error.code).toBe("run-not-finished");
    const other = path.join(at.folder, "stagecraft.config.yaml");
    expect((await at.json(["db", "verify", other])).document.error.code).toBe("archive-unknown");
    expect((await at.json(["db", "verify", "none.jsonl"])).document.error.code).toBe("file-not-found");
  });
});
