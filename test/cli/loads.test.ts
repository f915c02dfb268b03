import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-loads-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What only a run, a drawing, a fault or a guest needs; a chunk is named after what was imported. */
const HEAVY = /^(knex|store|engine|tty|svg|dagre|listr2|answer)-|sqlite3|jsonata|jiti|hono|node-server|\.cjs$/;

/** Code that a start may read before it says a word: bytes. Twice as much takes twice as long. */
const MOST = { "--version": 350_000, validate: 1_300_000, run: 1_300_000 };

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

  it("opens no store before a run says what it runs", () => {
    const inputs = path.join(root, "definitions/samples/financial-approval.small.json");
    const { files, bytes } = loaded(["run", "financial-approval", "--input-file", inputs, "--detach"]);
    expect(files.filter((file) => HEAVY.test(file))).toEqual([]);
    expect(bytes).toBeLessThan(MOST.run);
  });
});

/** The modules that a process of ours loads until it says something; what Node brings is not counted. */
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
  fs.writeFileSync(
    door,
    `import fs from "node:fs";
     import { register } from "node:module";
     register("./hook.mjs", import.meta.url);
     for (const stream of [process.stdout, process.stderr]) {
       const write = stream.write.bind(stream);
       stream.write = (...given) => (fs.appendFileSync(${JSON.stringify(list)}, "said\\n"), write(...given));
     }`,
  );
  execFileSync(process.execPath, ["--import", door, path.join(root, "bin/run.js"), ...args], {
    cwd: root,
    stdio: "ignore",
    env: { ...process.env, STAGECRAFT_DB: path.join(folder, "runs.sqlite") },
  });
  const [before = ""] = fs.readFileSync(list, "utf8").split("said\n");
  const paths = [...new Set(before.trim().split("\n"))]
    .map((url) => fileURLToPath(url))
    .filter((file) => !file.startsWith(folder));
  return {
    files: paths.map((file) => path.basename(file)),
    bytes: paths.reduce((sum, file) => sum + fs.statSync(file).size, 0),
  };
}
