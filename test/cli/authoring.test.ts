import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createProject } from "../support/cli.js";

describe("a new project", () => {
  it("holds a workflow that is valid, runs, and passes its test; everything new beside it does too", async () => {
    const project = createProject();
    const made = await project.json(["init"]);
    expect(made.code).toBe(0);
    expect(made.document.files).toEqual(
      expect.arrayContaining([
        "stagecraft.config.yaml",
        ".gitignore",
        "definitions/hello.workflow.yaml",
        "definitions/hello.test.yaml",
        ".stagecraft/workflow.schema.json",
        ".vscode/settings.json",
      ]),
    );
    for (const [kind, name] of [
      ["workflow", "refund"],
      ["agent", "Triage Clerk"],
      ["rules", "approvalTier"],
      ["stage", "acme/credit-check"],
    ] as const) {
      expect(await project.run(["new", kind, name]), `${kind} ${name}`).toMatchObject({ code: 0 });
    }
    const { code, document } = await project.json(["validate", "--strict"]);
    expect(document.definitions.flatMap(({ diagnostics }: { diagnostics: object[] }) => diagnostics)).toEqual([]);
    expect(document.definitions.map(({ id }: { id: string }) => id)).toEqual([
      "approval-tier",
      "hello",
      "refund",
      "triage-clerk",
    ]);
    expect(code).toBe(0);
    expect(await project.run(["test"])).toMatchObject({ code: 0 });
    const hello = await project.json(["run", "hello"]);
    expect(hello.document.run.outputs).toEqual({ greeting: "Hello, world!" });
  }, 60_000);

  it("keeps what is there: init writes only what is missing, and new writes nothing over", async () => {
    const project = createProject({
      "definitions/hello.workflow.yaml": "mine",
      ".vscode/settings.json": '{ "editor.tabSize": 3, "yaml.schemas": { "./own.json": "own.yaml" } }',
    });
    expect(await project.run(["init"])).toMatchObject({ code: 0 });
    const read = (file: string) => readFileSync(join(project.folder, file), "utf8");
    expect(read("definitions/hello.workflow.yaml")).toBe("mine");
    expect(JSON.parse(read(".vscode/settings.json"))).toEqual({
      "editor.tabSize": 3,
      "yaml.schemas": {
        "./own.json": "own.yaml",
        "./.stagecraft/workflow.schema.json": ["**/*.workflow.yaml"],
        "./.stagecraft/workflow-test.schema.json": ["**/*.test.yaml"],
      },
    });
    const again = await project.json(["new", "workflow", "hello"]);
    expect(again).toMatchObject({ code: 2, document: { error: { code: "file-exists" } } });
    const odd = await project.json(["new", "rules", "../x y/1"]);
    expect(odd.document.files).toEqual(["definitions/x-y-1.workflow.yaml", "definitions/x-y-1.test.yaml"]);
  }, 30_000);

  it("tells its editor of its own stage types", async () => {
    const project = createProject();
    await project.run(["new", "stage", "creditCheck"]);
    expect(project.has("plugins/credit-check/index.test.ts")).toBe(true);
    const { document } = await project.json(["plugins", "show", "my/creditCheck"]);
    expect(document).toMatchObject({ name: "my/creditCheck", title: "Credit check", plugin: "my/credit-check" });
    expect(await project.run(["schema", "install"])).toMatchObject({ code: 0 });
    const schema = readFileSync(join(project.folder, ".stagecraft/workflow.schema.json"), "utf8");
    expect(JSON.parse(schema).$defs.stage.properties.uses.enum).toContain("my/creditCheck");
  }, 30_000);
});
