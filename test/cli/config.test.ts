import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { identify, loadConfig } from "../../src/config.js";
import { createProject } from "../support/cli.js";

const account = os.userInfo().username;
const VARIABLES = ["STAGECRAFT_DB", "STAGECRAFT_CONFIG", "STAGECRAFT_CONCURRENCY", "STAGECRAFT_TEST_VALUE"];

afterEach(() => {
  for (const name of VARIABLES) delete process.env[name];
});

describe("the project", () => {
  it("is the nearest folder upwards that has definitions or settings", async () => {
    const project = createProject({ "definitions/x.workflow.yaml": "", "deep/er/file": "" });
    const config = await loadConfig({ cwd: path.join(project.folder, "deep/er") });
    expect(config.project).toBe(project.folder);
    expect(config.db).toBe(path.join(project.folder, ".stagecraft/stagecraft.sqlite"));
    expect(config.definitions).toBe(path.join(project.folder, "definitions"));
  });

  it("is the working folder where there is none", async () => {
    const { folder } = createProject();
    expect((await loadConfig({ cwd: folder })).project).toBe(folder);
  });
});

describe("settings", () => {
  it("go by flag, then environment, then file, then default", async () => {
    const project = createProject({ "stagecraft.config.yaml": "concurrency: 4\n" });
    const at = (more = {}) => loadConfig({ cwd: project.folder, ...more });
    expect((await loadConfig({ cwd: createProject().folder })).concurrency).toBe(16);
    project.write("stagecraft.config.yaml", "db: from-file.sqlite\nconcurrency: 4\n");
    expect(await at()).toMatchObject({ db: path.join(project.folder, "from-file.sqlite"), concurrency: 4 });
    process.env["STAGECRAFT_DB"] = "/tmp/from-env.sqlite";
    process.env["STAGECRAFT_CONCURRENCY"] = "5";
    expect(await at()).toMatchObject({ db: "/tmp/from-env.sqlite", concurrency: 5 });
    const flags = { db: "postgres://host/db", concurrency: 6 };
    expect(await at(flags)).toMatchObject(flags);
  });

  it("name hosts as an address shows them, with how many requests each bears", async () => {
    const project = createProject({ "stagecraft.config.yaml": 'hosts: { api.example.org: 4, "localhost:8080": 1 }\n' });
    const at = () => loadConfig({ cwd: project.folder });
    expect([...(await at()).hosts]).toEqual([
      ["api.example.org", 4],
      ["localhost:8080", 1],
    ]);
    for (const wrong of ["https://api.example.org: 4", "api.example.org: 0", "API.example.org: 4"]) {
      project.write("stagecraft.config.yaml", `hosts: { "${wrong.replace(/: (\d)$/, '": $1')} }\n`);
      await expect(at()).rejects.toMatchObject({ code: "config-invalid" });
    }
  });

  it("name the place and the known words of every fault at once", async () => {
    const project = createProject({
      "stagecraft.config.yaml":
        "plugin: [a]\nidentities:\n  users:\n    dana: { role: [x] }\nconcurrency: 0\nbackend: restat\n",
    });
    const { code, stderr } = await project.run(["runs", "ls"]);
    expect(code).toBe(2);
    expect(stderr).toContain("[config-invalid]");
    expect(stderr).toMatch(
      /stagecraft\.config\.yaml:\d+:\d+ unknown key plugin \(known: db, driver, definitions, plugins/,
    );
    expect(stderr).toMatch(/:4:\d+ unknown key role in identities\.users\.dana \(known: roles, groups, osUser\)/);
    expect(stderr).toMatch(/:5:14 concurrency must be >= 1/);
    expect(stderr).toMatch(/:6:10 backend must be one of local, restate/);
    expect(project.has(".stagecraft")).toBe(false);
  });

  it.each([
    ["tabs", "db:\n\tx: 1\n"],
    ["a list", "- a\n"],
    ["broken YAML", "db: [\n"],
  ])("refuse %s without a stack", async (_, text) => {
    const { code, stderr } = await createProject({ "stagecraft.config.yaml": text }).run(["runs", "ls"]);
    expect(code).toBe(2);
    expect(stderr).toContain("[config-invalid]");
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("must be where --config says", async () => {
    const { code, stderr } = await createProject().run(["runs", "ls", "--config", "none.yaml"]);
    expect(code).toBe(2);
    expect(stderr).toContain("there is no file none.yaml [config-not-found]");
  });

  it("take variables from .env, which those that are set go before", async () => {
    const project = createProject({ "stagecraft.config.yaml": "", ".env": "STAGECRAFT_TEST_VALUE=from-file\n" });
    expect((await loadConfig({ cwd: project.folder })).env("STAGECRAFT_TEST_VALUE")).toBe("from-file");
    process.env["STAGECRAFT_TEST_VALUE"] = "set";
    expect((await loadConfig({ cwd: project.folder })).env("STAGECRAFT_TEST_VALUE")).toBe("set");
    process.env["STAGECRAFT_TEST_VALUE"] = "";
    expect((await loadConfig({ cwd: createProject().folder })).env("STAGECRAFT_TEST_VALUE")).toBeUndefined();
  });
});

describe("who acts", () => {
  const withUsers = async (users: string) => {
    const { folder } = createProject({ "stagecraft.config.yaml": `identities:\n  users:\n${users}` });
    return loadConfig({ cwd: folder });
  };

  it("is the account, or whoever --as names, where nobody is configured", async () => {
    const config = await loadConfig({ cwd: createProject().folder });
    expect(identify(config)).toEqual({ user: account, roles: [], groups: [], via: "cli" });
    expect(identify(config, "dana").user).toBe("dana");
  });

  it("is a configured user with roles and groups", async () => {
    const config = await withUsers("    dana: { roles: [manager], groups: [emea] }\n");
    expect(identify(config, "dana")).toEqual({ user: "dana", roles: ["manager"], groups: ["emea"], via: "cli" });
    expect(identify(config)).toEqual({ user: account, roles: [], groups: [], via: "cli" });
  });

  it("is found by the account that a user is bound to", async () => {
    const config = await withUsers(`    dana: { roles: [manager], osUser: "${account}" }\n`);
    expect(identify(config).user).toBe("dana");
  });

  it("is never a user bound to another account, nor one who is not configured", async () => {
    const config = await withUsers("    dana: { roles: [manager], osUser: somebody-else }\n    constructor:\n");
    expect(() => identify(config, "dana")).toThrow(expect.objectContaining({ code: "not-permitted", kind: "denied" }));
    expect(() => identify(config, "bob")).toThrow(expect.objectContaining({ code: "unknown-user" }));
    expect(() => identify(config, "toString")).toThrow(expect.objectContaining({ code: "unknown-user" }));
    expect(identify(config, "constructor").roles).toEqual([]);
  });
});

it("reads secrets from a folder, and refuses a file that others can read", async () => {
  const definition = `apiVersion: stagecraft/v1
id: post
version: "1.0.0"
secrets: [POST_TOKEN]
stages:
  say: { uses: transform, with: { values: { token: "\${{ secrets.POST_TOKEN }}" } } }
`;
  const at = createProject({
    "definitions/post.workflow.yaml": definition,
    "stagecraft.config.yaml": "secrets: { folder: keys }\n",
    "keys/POST_TOKEN": "s3cret-of-the-post\n",
  });
  fs.chmodSync(path.join(at.folder, "keys/POST_TOKEN"), 0o644);
  expect(await at.run(["run", "post"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("[secret-readable]"),
  });
  fs.chmodSync(path.join(at.folder, "keys/POST_TOKEN"), 0o600);
  const ran = await at.run(["run", "post", "--json", "--events"]);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("***");
  expect(ran.stdout).not.toContain("s3cret");
});
