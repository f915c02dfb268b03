import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../support/sources.js";

/** Of what a person downloads and keeps: bytes. A new dependency in the bundle shows here first. */
const BUDGET = { packed: 1_600_000, unpacked: 6_000_000, files: 1_000 };

/** Folders and files that may be in it. */
const ALLOWED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|oclif\.manifest\.json)$/,
  /^bin\/run\.js$/,
  /^dist\/(chunks|src|plugins)\/.+\.(js|d\.ts)$/,
  /^dist\/packages\/\w+\.cjs$/,
  /^dist\/web\/[\w.-]+\.(js|css|html|svg)$/,
  /^dist\/THIRD-PARTY-LICENSES\.txt$/,
  /^schemas\/.+\.json$/,
  /^definitions\//,
  /^skills\//,
  /^plugins\/_template\//,
];

const STRICT: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  target: ts.ScriptTarget.ES2023,
  types: ["node"],
};

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-package-")));
const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
let packed: Packed;

beforeAll(() => {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  [packed] = JSON.parse(
    execFileSync("npm", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  unpack();
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/**
 * As npm would lay it out, with nothing in reach but what the package asks for. The packages themselves are those of
 * the checkout, so that no registry is needed and nothing is compiled.
 */
function unpack(): void {
  const modules = path.join(folder, "node_modules");
  fs.mkdirSync(path.join(modules, "stagecraft"), { recursive: true });
  const archive = path.join(folder, packed.filename);
  execFileSync("tar", ["-xzf", archive, "--strip-components=1", "-C", path.join(modules, "stagecraft")]);
  for (const name of Object.keys(manifest.dependencies)) {
    fs.mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    fs.symlinkSync(fs.realpathSync(path.join(ROOT, "node_modules", name)), path.join(modules, name));
  }
  fs.mkdirSync(path.join(modules, ".bin"));
  fs.symlinkSync("../stagecraft/bin/run.js", path.join(modules, ".bin/stagecraft"));
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
}

function node(...args: readonly string[]) {
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    env: { PATH, HOME },
  });
  return { code: status, stdout, stderr };
}

const stagecraft = (...args: readonly string[]) => node("node_modules/.bin/stagecraft", ...args);

describe("the package", () => {
  it("holds what it needs and nothing else", () => {
    const names = packed.files.map(({ path: name }) => name);
    expect(names.filter((name) => !ALLOWED.some((pattern) => pattern.test(name)))).toEqual([]);
    for (const needed of ["bin/run.js", "dist/web/index.html", "dist/src/index.d.ts", "schemas/workflow.schema.json"]) {
      expect(names).toContain(needed);
    }
  });

  it("stays within its budget", () => {
    const { size, unpackedSize, files } = packed;
    expect(size).toBeLessThan(BUDGET.packed);
    expect(unpackedSize).toBeLessThan(BUDGET.unpacked);
    expect(files.length).toBeLessThan(BUDGET.files);
  });

  it("asks npm for few packages: the rest is bundled", () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(["@sinclair/typebox", "jiti", "jsonata", "sqlite3"]);
  });
});

describe("installed in an empty folder, the package", { timeout: 120_000 }, () => {
  it("takes a person from nothing to a finished run", () => {
    expect(stagecraft("init")).toMatchObject({ code: 0 });
    expect(stagecraft("new", "workflow", "credit-check")).toMatchObject({ code: 0 });
    expect(stagecraft("validate")).toMatchObject({ code: 0 });
    expect(stagecraft("test")).toMatchObject({ code: 0 });
    const { code, stdout } = stagecraft("run", "credit-check", "-i", "name=Ada", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).run).toMatchObject({ status: "succeeded", outputs: { greeting: "Hello, Ada!" } });
    expect(stagecraft("runs", "logs", "--last").stdout.trimEnd()).toMatch(/run succeeded$/);
  });

  it("is a library with types, with the plugin's door beside it", () => {
    fs.writeFileSync(path.join(folder, "program.mjs"), PROGRAM);
    const { code, stdout, stderr } = node("program.mjs");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe("succeeded HELLO\n");
  });

  it.each([
    ["Node", { module: ts.ModuleKind.NodeNext }],
    ["a bundler", { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
  ])("type-checks in a strict program that is resolved as by %s and sees nothing but the package", (_, resolution) => {
    // The second is not told what does not compile: without an answer to that nothing was checked at all.
    const files = { "typed.ts": TYPED, "wrong.ts": TYPED.replaceAll("@ts-expect-error", "here") };
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
    expect(typeFaults(Object.keys(files), resolution)).toEqual([
      expect.stringMatching(/^wrong\.ts: .*'colour' does not exist/),
      expect.stringMatching(/^wrong\.ts: .*no overlap/),
    ]);
  });
});

/** Of the program and of the package's declarations; those of Node.js and of other packages are their authors' business. */
function typeFaults(files: readonly string[], resolution: ts.CompilerOptions): readonly string[] {
  const names = files.map((file) => path.join(folder, file));
  const program = ts.createProgram(names, {
    ...STRICT,
    ...resolution,
    typeRoots: [path.join(ROOT, "node_modules/@types")],
  });
  const ours = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder));
  const found = ours.flatMap((one) => [
    ...program.getSyntacticDiagnostics(one),
    ...program.getSemanticDiagnostics(one),
  ]);
  return [...program.getOptionsDiagnostics(), ...found].map(
    ({ file: at, messageText }) =>
      `${at === undefined ? "options" : path.relative(folder, at.fileName)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
  );
}

const PROGRAM = `import { Stagecraft } from "stagecraft";
import { definePlugin } from "stagecraft/plugin";

const acme = definePlugin({
  name: "acme",
  version: "1.0.0",
  apiVersion: 1,
  stages: [
    {
      name: "acme/shout",
      kind: "pure",
      title: "Shout",
      description: "The text, loud.",
      input: { type: "object", properties: { text: { type: "string" } } },
      output: { type: "object", properties: { text: { type: "string" } } },
      run: ({ text }) => ({ outputs: { text: text.toUpperCase() } }),
    },
  ],
});
const yaml = \`apiVersion: stagecraft/v1
id: shout
version: "1.0.0"
stages:
  say: { uses: acme/shout, with: { text: hello } }
outputs: { said: "\\\${{ stages.say.outputs.text }}" }
\`;
const stagecraft = await Stagecraft.open({ db: ":memory:", plugins: [acme] });
const run = await stagecraft.run({ yaml });
console.log(run.status, run.outputs.said);
await stagecraft.close();
`;

const TYPED = `import { type RunOptions, Stagecraft } from "stagecraft";
import { StagecraftClient } from "stagecraft/client";
import { definePlugin, StageError } from "stagecraft/plugin";

const client = new StagecraftClient({ url: "http://127.0.0.1:4400", token: "a" });
for await (const { event } of client.follow("last")) console.log(event.type);
const seen: string = (await client.showRun("last")).status;
console.log(seen);
// @ts-expect-error: a run has no such thing
console.log((await client.showRun("last")).colour);
const options: RunOptions = { patience: 1_000 };
const stagecraft = await Stagecraft.open({ plugins: [definePlugin({ name: "a", version: "1.0.0", apiVersion: 1 })] });
const { status } = await stagecraft.run("refund", { amount: 40 }, options);
// @ts-expect-error: there is no such status
if (status === "finished") throw new StageError("never", "never");
`;
