import fs from "node:fs";
import path from "node:path";
import type { Config } from "../config.js";
import type { Actor } from "../core/approval.js";
import type { Diagnostic } from "../core/diagnostic.js";
import { StagecraftError } from "../core/errors.js";
import { explainFaults, readWorkflowTest } from "../definition/index.js";
import type { Registry } from "../plugin/registry.js";
import {
  type CaseResult,
  coverageOf,
  runSuite,
  type Suite,
  type SuiteResult,
  type WorkflowCoverage,
} from "../testing/index.js";
import { filesBelow, listDefinitions, loadDefinition, shown } from "./definitions.js";
import { fileInside } from "./host.js";
import { decide } from "./people.js";

const ENDING = ".test.yaml";

export interface TestOptions {
  /** Files, or parts of a file's name, a workflow's id or a case's name; without any, all. */
  readonly patterns: readonly string[];
  /** Hears each case as it ends. */
  readonly heard?: (file: string, result: CaseResult) => void;
}

/** A test file that cannot be run. */
export interface InvalidTest {
  readonly file: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** With `invalid` files nothing was run. */
export interface TestReport {
  readonly invalid: readonly InvalidTest[];
  readonly suites: readonly (SuiteResult & { readonly text: string })[];
  /** Of each workflow under test, by id. */
  readonly coverage: readonly WorkflowCoverage[];
}

type Read = { readonly text: string } & ({ readonly suite: Suite } | { readonly invalid: InvalidTest });

/** Reads and runs the tests of a project. @throws StagecraftError `no-tests` */
export async function runTests(config: Config, registry: Registry, options: TestOptions): Promise<TestReport> {
  const { patterns, heard } = options;
  const reads = testFiles(config, patterns).map((file) => readTest(config, registry, file));
  const wantsCase = (suite: Suite) => (name: string) => {
    const where = `${suite.file} ${suite.test.plan.workflow.id} ${name}`.toLowerCase();
    return patterns.length === 0 || patterns.some((pattern) => where.includes(shown(pattern).toLowerCase()));
  };
  const wanted = reads.filter(
    (read) => "invalid" in read || read.suite.test.cases.some(({ name }) => wantsCase(read.suite)(name)),
  );
  if (wanted.length === 0) {
    const what =
      patterns.length === 0 ? `*${ENDING} in ${shown(config.definitions)}` : `test that fits ${patterns.join(", ")}`;
    const help = "tests stand beside their definition: see docs/how-to/test-a-workflow.md";
    throw new StagecraftError("no-tests", `there is no ${what}`, { help });
  }
  const invalid = wanted.flatMap((read) => ("invalid" in read ? [read.invalid] : []));
  if (invalid.length > 0) return { invalid, suites: [], coverage: [] };
  const parts = partsOf(config, registry);
  const { concurrency } = config;
  const suites: (SuiteResult & { text: string })[] = [];
  const plans = new Map<string, Suite["test"]["plan"]["workflow"]>();
  for (const read of wanted) {
    if (!("suite" in read)) continue;
    const { suite, text } = read;
    const hear = heard && ((_: Suite, result: CaseResult) => heard(suite.file, result));
    const settings = { parts, concurrency, wanted: wantsCase(suite), ...(hear && { heard: hear }) };
    suites.push({ ...(await runSuite(suite, settings)), text });
    plans.set(suite.test.plan.workflow.id, suite.test.plan.workflow);
  }
  const states = suites.flatMap(({ cases }) => cases.flatMap(({ state }) => (state === undefined ? [] : [state])));
  const coverage = [...plans.values()].map((workflow) => coverageOf(workflow, states, registry));
  return { invalid, suites, coverage };
}

/** All of the project, and files that a pattern names. */
function testFiles(config: Config, patterns: readonly string[]): readonly string[] {
  const named = patterns.filter((pattern) => fs.statSync(pattern, { throwIfNoEntry: false })?.isFile());
  return [...new Set([...filesBelow(config.definitions, ENDING), ...named.map((name) => path.resolve(name))])];
}

function readTest(config: Config, registry: Registry, file: string): Read {
  const text = fs.readFileSync(file, "utf8");
  const name = shown(file);
  const known = listDefinitions(config).map(({ id }) => id);
  const { test, diagnostics, locate } = readWorkflowTest(
    { file: name, text },
    {
      knownWorkflows: known,
      knownUsers: [...config.users.keys()],
      resolveWorkflow(id) {
        const beside = path.join(path.dirname(file), `${id}.workflow.yaml`);
        if (!fs.existsSync(beside) && !known.includes(id)) return undefined;
        const loaded = loadDefinition(config, registry, fs.existsSync(beside) ? beside : id);
        return { file: loaded.file, ...(loaded.reading.plan !== undefined && { plan: loaded.reading.plan }) };
      },
    },
  );
  if (test === undefined) return { text, invalid: { file: name, text, diagnostics } };
  return { text, suite: { file: name, test, locate } };
}

function partsOf(config: Config, registry: Registry) {
  const actor = (user: string): Actor => {
    const { roles = [], groups = [] } = config.users.get(user) ?? {};
    return { user, roles, groups, via: "test" };
  };
  return {
    registry,
    people: { actor, decide },
    validate: explainFaults,
    file: (name: string) => fileInside(config.project, name),
  };
}
