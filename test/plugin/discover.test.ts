import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { StageError } from "../../src/core/errors.js";
import type { Plugin, PureStageType, StageType } from "../../src/plugin/api.js";
import { loadPlugins } from "../../src/plugin/discover.js";
import { Registry } from "../../src/plugin/registry.js";
import { pluginContract } from "../contracts/plugin.contract.js";
import { pureContext } from "../support/context.js";

const here = (path: string) => new URL(path, import.meta.url).pathname;
const folders: string[] = [];

/** A project folder with these files, gone after the test. */
function project(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "stagecraft-plugins-"));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const plugin = (name: string) => `export default { name: "${name}", version: "1.0.0", apiVersion: 1 };`;
const names = async (root: string, listed: string[] = []) =>
  (await loadPlugins({ project: root, listed })).map((loaded) => loaded.name);

const worked = await loadPlugins({ project: here("../fixtures/project") });
pluginContract(worked.find(({ name }) => name === "acme/bank") as Plugin, {
  "acme/iban": {
    runs: [{ input: { iban: "DE89 3704 0044 0532 0130 00" } }, { input: { iban: "nl91abna0417164300" } }],
  },
});
pluginContract(worked.find(({ name }) => name === "acme/greeting") as Plugin, {
  "acme/greet": { runs: [{ input: { name: "Ann" } }] },
});

describe("a project's plugins folder", () => {
  it("is loaded in order of name: files and folders, TypeScript without a build", () => {
    expect(worked.map(({ name }) => name)).toEqual(["acme/greeting", "acme/bank"]);
  });

  it("throws failures the engine knows as its own", () => {
    const iban = worked[1]?.stages?.[0] as PureStageType;
    expect(() => iban.run({ iban: "DE88 3704 0044 0532 0130 00" }, pureContext())).toThrow(StageError);
    expect(() => iban.run({ iban: "constructor" }, pureContext())).toThrow(/no payments to CO/);
  });

  it("may be absent or empty", async () => {
    expect(await names(project({}))).toEqual([]);
    expect(await names(project({ "plugins/README.md": "none yet", "plugins/helpers/text.ts": "export {}" }))).toEqual(
      [],
    );
  });

  it("leaves alone what begins with _ or a dot, declarations and tests", async () => {
    const root = project({
      "plugins/_draft.ts": "throw new Error()",
      "plugins/.hidden.js": "throw new Error()",
      "plugins/types.d.ts": "export declare const x: 1;",
      "plugins/good.test.ts": "throw new Error()",
      "plugins/good.js": plugin("good"),
    });
    expect(await names(root)).toEqual(["good"]);
  });

  it("may hold the template, copied", async () => {
    const root = project({});
    cpSync(here("../../plugins/_template"), join(root, "plugins/words"), { recursive: true });
    expect(await names(root)).toEqual(["my/words"]);
  });
});

describe("listed plugins", () => {
  it("come first: a path with or without its ending, a folder, a package", async () => {
    const root = project({
      "package.json": "{}",
      "plugins/own.js": plugin("own"),
      "shared/a.ts": plugin("a"),
      "shared/b/index.mjs": plugin("b"),
      "node_modules/stagecraft-plugin-c/package.json":
        '{ "name": "stagecraft-plugin-c", "main": "main.js", "type": "module" }',
      "node_modules/stagecraft-plugin-c/main.js": plugin("c"),
    });
    const listed = ["./shared/a", "./shared/b", "stagecraft-plugin-c", "./shared/a.ts"];
    expect(await names(root, listed)).toEqual(["a", "b", "c", "own"]);
  });

  it("that are not there are named, with what to do", async () => {
    const root = project({ "package.json": "{}" });
    await expect(names(root, ["./missing"])).rejects.toMatchObject({
      code: "plugin-not-found",
      message: expect.stringMatching(/\.\/missing/),
    });
    await expect(names(root, ["stagecraft-plugin-x"])).rejects.toMatchObject({
      code: "plugin-not-found",
      help: "install it: npm install stagecraft-plugin-x",
    });
  });
});

describe("a plugin that is broken", () => {
  it.each([
    ["throws while loading", "throw new Error('no licence')", /plugins\/bad\.ts does not load: no licence/],
    ["does not parse", "export default {{", /plugins\/bad\.ts does not load: /],
    [
      "imports what is not there",
      'import "./nowhere.js"; export default {}',
      /plugins\/bad\.ts does not load: .*nowhere/,
    ],
  ])("and %s is named with its own message", async (_what, text, message) => {
    const root = project({ "plugins/bad.ts": text });
    await expect(names(root)).rejects.toMatchObject({
      code: "plugin-load-failed",
      kind: "usage",
      message: expect.stringMatching(message),
    });
  });

  const stage = {
    kind: "pure",
    name: "acme/x",
    title: "X",
    description: "Does x.",
    input: { type: "object" },
    output: { type: "object" },
    run: () => ({ outputs: {} }),
  };
  const withStage = (over: object) => ({ name: "acme", version: "1", apiVersion: 1, stages: [{ ...stage, ...over }] });

  it.each<[string, unknown, string, RegExp]>([
    ["exports nothing", undefined, "plugin-invalid", /must export an object with a name/],
    ["exports a list", [], "plugin-invalid", /must export an object/],
    ["has no version", { name: "x", apiVersion: 1 }, "plugin-invalid", /has no version/],
    ["has a name with spaces", { name: "a b", version: "1", apiVersion: 1 }, "plugin-invalid", /kebab-case/],
    ["asks for another door", { name: "x", version: "1", apiVersion: 2 }, "plugin-api-version", /API version 2/],
    [
      "has no list of stages",
      { name: "x", version: "1", apiVersion: 1, stages: {} },
      "plugin-invalid",
      /`stages` is a list/,
    ],
    ["has a stage type without a name", withStage({ name: undefined }), "plugin-invalid", /no name of a stage type/],
    ["has a stage type named oddly", withStage({ name: "A stage!" }), "plugin-invalid", /"A stage!" is no name/],
    ["has a kind nobody knows", withStage({ kind: "magic" }), "plugin-invalid", /acme\/x: kind magic is unknown/],
    [
      "has a kind from the prototype",
      withStage({ kind: "constructor" }),
      "plugin-invalid",
      /kind constructor is unknown/,
    ],
    ["has no run", withStage({ run: undefined }), "plugin-invalid", /needs a function `run`/],
    ["has no open", withStage({ kind: "wait" }), "plugin-invalid", /needs a function `open`/],
    ["has no title", withStage({ title: "" }), "plugin-invalid", /has no title/],
    ["has no input schema", withStage({ input: "text" }), "plugin-invalid", /`input` is a JSON Schema/],
    ["has an input that is no object", withStage({ input: { type: "string" } }), "plugin-invalid", /with type: object/],
    ["has no output schema", withStage({ output: undefined }), "plugin-invalid", /`output` is a JSON Schema/],
    ["has odd outcomes", withStage({ outcomes: "yes" }), "plugin-invalid", /`outcomes` is a list/],
    [
      "has a tool that does nothing",
      { name: "x", version: "1", apiVersion: 1, tools: [{ name: "t" }] },
      "plugin-invalid",
      /tool t needs a function `run`/,
    ],
  ])("and %s is refused", (_what, exported, code, message) => {
    expect(() => new Registry([exported as Plugin])).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it("in its shape is named by its file", async () => {
    const root = project({ "plugins/odd.ts": "export default { stages: [] };" });
    await expect(names(root)).rejects.toMatchObject({
      code: "plugin-invalid",
      message: expect.stringMatching(/plugin plugins\/odd\.ts must export/),
    });
  });

  it("and that brings a name twice is refused with both plugins' names", () => {
    const one = { name: "one", version: "1", apiVersion: 1, stages: [stage as unknown as StageType] } as const;
    expect(() => new Registry([one, { ...one, name: "two" }])).toThrow(
      expect.objectContaining({
        code: "plugin-duplicate",
        message: expect.stringMatching(/acme\/x is already there from plugin one/),
      }),
    );
  });
});
