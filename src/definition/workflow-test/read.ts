import type { Diagnostic } from "../../core/diagnostic.js";
import { isObject, type JsonObject, type JsonSchema } from "../../core/json.js";
import type { Plan } from "../../core/plan.js";
import { nearest } from "../../core/suggest.js";
import { createFindings, type Findings, type Locate } from "../findings.js";
import { wordFaults } from "../schema-words.js";
import { parseSource, type Source } from "../source.js";
import { validate } from "../validator.js";
import { checkCase, checkMocks, type TestContext } from "./checks.js";
import { toCases } from "./compile.js";
import type { WorkflowTest } from "./model.js";
import { type TestSource, workflowTestSchema } from "./schema.js";

/** What reading a test needs of the outside. */
export interface TestHost {
  /** The workflow of this id as read; without a plan it has errors. Undefined: there is none. */
  resolveWorkflow(id: string): { readonly file: string; readonly plan?: Plan } | undefined;
  readonly knownWorkflows: readonly string[];
  /** Users of the project; empty: anybody may be named. */
  readonly knownUsers: readonly string[];
}

export interface TestReading {
  /** Only without errors. */
  readonly test?: WorkflowTest;
  /** As written, also where it cannot be tested. */
  readonly workflow?: string;
  readonly diagnostics: readonly Diagnostic[];
  /** For findings of the runs. */
  readonly locate: Locate;
}

let schema: JsonSchema | undefined;

/** Reads `*.test.yaml`: every finding in one pass, and the cases when there is none. Never throws. */
export function readWorkflowTest(source: Source, host: TestHost): TestReading {
  const { value: raw, locate, diagnostics } = parseSource(source);
  if (raw === undefined) return { diagnostics, locate };
  const findings = createFindings(source.file, locate, diagnostics);
  schema ??= workflowTestSchema();
  for (const { code, path, atKey, message, help } of wordFaults(validate(schema, raw))) {
    findings.error(code, { path, part: atKey ? "key" : "value" }, message, help);
  }
  const workflow = raw["workflow"];
  const plan = typeof workflow === "string" ? planOf(workflow, host, findings) : undefined;
  if (plan !== undefined) checkAgainst({ raw, plan, findings, host });
  const named = typeof workflow === "string" ? { workflow } : {};
  if (plan === undefined || findings.errors > 0) return { ...named, diagnostics: findings.all(), locate };
  const cases = toCases(raw as unknown as TestSource, plan);
  return { ...named, test: { plan, cases }, diagnostics: findings.all(), locate };
}

function planOf(id: string, host: TestHost, findings: Findings): Plan | undefined {
  const place = { path: ["workflow"] };
  const found = host.resolveWorkflow(id);
  if (found === undefined) {
    const close = nearest(id, host.knownWorkflows);
    const list = host.knownWorkflows.length === 0 ? "there are none" : `there are: ${host.knownWorkflows.join(", ")}`;
    const help = close === undefined ? list : `did you mean \`${close}\`?`;
    findings.error("unknown-workflow", place, `there is no workflow \`${id}\``, help);
  } else if (found.plan === undefined) {
    findings.error("invalid-workflow", place, `\`${id}\` has errors`, `see stagecraft validate ${found.file}`);
  }
  return found?.plan;
}

function checkAgainst(context: TestContext & { readonly raw: JsonObject }): void {
  const { raw, findings } = context;
  checkMocks(context, raw["mocks"], ["mocks"]);
  const cases = Array.isArray(raw["cases"]) ? raw["cases"] : [];
  const names = new Map<string, number>();
  for (const [index, entry] of cases.entries()) {
    if (!isObject(entry)) continue;
    const { name } = entry;
    if (typeof name === "string" && names.has(name)) {
      findings.error("duplicate-case", { path: ["cases", index, "name"] }, `another case is called \`${name}\``);
    }
    names.set(String(name), index);
    checkCase(context, entry, ["cases", index]);
  }
}
