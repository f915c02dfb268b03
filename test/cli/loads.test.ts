import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-loads-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What only a run, a drawing or a guest needs; a chunk is named after what was imported. */
const HEAVY = /^(knex|tty|svg|dagre|listr2)-|sqlite3|jsonata|jiti|hono|node-server/;

/** Code that a start may read before it does anything: bytes. Twice as much takes twice as long. */
const MOST = { "--version": 600_000, validate: 2_400_000 };

describe("a start", () => {
  it("reads little to say its version", () => {
    const { files, bytes } = loaded(["--version"]);
    expect(files.filter((file) => HEAVY.test(file))).toEqual([]);
    expect(bytes).toBeLessThan(MOST["--version"]);
  });

  it("opens no store, client or drawing to validate", () => {
    const { files, bytes } = loaded(["validate", path.join(root, "definitions/vendor-check.workflow.yaml")]);
    expect(files.filter((file) => HEAVY.test(file))).toEqual([]);
    expect(bytes).toBeLessThan(MOST.validate);
  });
});

/** The modules that a process of ours loads; what Node brings is not counted. */
function loaded(args: readonly string[]): { readonly files: readonly string[]; readonly bytes: number } {
  const list = path.join(folder, `${args[0]}.txt`);
  const hook = path.join(folder, "hook.mjs");
  const door = path.join(folder, "register.mjs");
  fs.writeFileSync(
    hook,
    `import fs from "node:fs";
     export async function load(url, context, next) {
       if (url.startsWith("file:")) fs.appendFileSync(${JSON.stringify(list)}, url + "\\n");
       return next(url, context);
     }`,
  );
  fs.writeFileSync(door, `import { register } from "node:module"; register("./hook.mjs", import.meta.url);`);
  execFileSync(process.execPath, ["--import", door, path.join(root, "bin/run.js"), ...args], {
    cwd: root,
    stdio: "ignore",
  });
  const paths = [...new Set(fs.readFileSync(list, "utf8").trim().split("\n"))]
    .map((url) => fileURLToPath(url))
    .filter((file) => !file.startsWith(folder));
  return {
    files: paths.map((file) => path.basename(file)),
    bytes: paths.reduce((sum, file) => sum + fs.statSync(file).size, 0),
  };
}
