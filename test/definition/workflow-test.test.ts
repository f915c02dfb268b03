import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { formatDiagnostic } from "../../src/core/diagnostic-text.js";
import type { Json, JsonSchema } from "../../src/core/json.js";
import {
  CODES,
  readDefinition,
  readWorkflowTest,
  type TestHost,
  workflowTestSchema,
} from "../../src/definition/index.js";
import { validate } from "../../src/definition/validator.js";
import { GOLDEN, goldenHost } from "../support/golden.js";
import { DEFINITIONS } from "../support/reading.js";

/** `UPDATE=1 npx vitest run test/definition/workflow-test.test.ts` writes the `.out` files anew: read the difference. */
const UPDATE = process.env["UPDATE"] !== undefined;
const FOLDER = join(GOLDEN, "tests");
const names = readdirSync(FOLDER).filter((name) => name.endsWith(".test.yaml"));

let host: TestHost;
beforeAll(async () => {
  const definitions = await goldenHost();
  host = {
    knownWorkflows: ["refund", "faulty"],
    knownUsers: ["ann", "dana"],
    resolveWorkflow(id) {
      const file = `${id}.workflow.yaml`;
      const source = existsSync(join(FOLDER, file))
        ? { file, text: readFileSync(join(FOLDER, file), "utf8") }
        : definitions.resolveWorkflow(id);
      if (source === undefined) return undefined;
      const { plan } = readDefinition(source, definitions);
      return { file: source.file, ...(plan !== undefined && { plan }) };
    },
  };
});

const read = (file: string) => {
  const text = readFileSync(join(FOLDER, file), "utf8");
  return { text, ...readWorkflowTest({ file, text }, host) };
};

describe("bad test files", () => {
  it.each(names)("%s says what it always said", (name) => {
    const { diagnostics, text, test } = read(name);
    const said = `${diagnostics.map((found) => formatDiagnostic(found, text)).join("\n\n")}\n`;
    const out = join(FOLDER, name.replace(".yaml", ".out"));
    if (UPDATE) writeFileSync(out, said);
    expect(existsSync(out) ? readFileSync(out, "utf8") : "").toBe(said);
    expect(test).toBeUndefined();
  });

  it("show every code that only a test file can have", () => {
    const shown = new Set(names.flatMap((name) => read(name).diagnostics.map(({ code }) => code)));
    const unseen = CODES.filter(({ about, code }) => about === "test" && !shown.has(code));
    expect(unseen).toEqual([]);
  });
});

describe("any text", () => {
  const good = readFileSync(join(DEFINITIONS, "vendor-check.test.yaml"), "utf8").replaceAll("vendor-check", "refund");
  it("gives findings or cases, never a throw, wherever a file breaks off", () => {
    for (let end = 0; end < good.length; end += 17) {
      const { test, diagnostics } = readWorkflowTest({ file: "x.test.yaml", text: good.slice(0, end) }, host);
      expect(test !== undefined || diagnostics.length > 0).toBe(true);
    }
  });

  it("leaks nothing of the names every object has", () => {
    const text = `apiVersion: stagecraft/v1
kind: WorkflowTest
workflow: constructor
mocks: { constructor: [{}] }
cases: [{ name: toString, approvals: { toString: [{ by: dana, outcome: valueOf }] }, expect: { state: { constructor: 1 } } }]
`;
    const codes = readWorkflowTest({ file: "x.test.yaml", text }, host).diagnostics.map(({ code }) => code);
    expect(codes).toEqual(["unknown-workflow"]);
    const other = text.replace("workflow: constructor", "workflow: refund");
    const found = readWorkflowTest({ file: "x.test.yaml", text: other }, host).diagnostics.map(({ code }) => code);
    expect(found).toEqual(["unknown-stage", "missing-input", "unknown-stage", "unknown-state"]);
  });
});

describe("the schema for editors", () => {
  const files = readdirSync(DEFINITIONS).filter((name) => name.endsWith(".test.yaml"));

  it.each(files)("accepts %s", (name) => {
    const value = parse(readFileSync(join(DEFINITIONS, name), "utf8")) as Json;
    expect(validate(workflowTestSchema(), value)).toEqual([]);
  });

  it("is committed as the code makes it", () => {
    const committed = JSON.parse(readFileSync(join(DEFINITIONS, "../schemas/workflow-test.schema.json"), "utf8"));
    expect(committed as JsonSchema).toEqual(workflowTestSchema());
  });
});
