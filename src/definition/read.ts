import type { Diagnostic } from "../core/diagnostic.js";
import type { JsonObject } from "../core/json.js";
import type { Plan, WorkflowPlan } from "../core/plan.js";
import type { Registry } from "../plugin/registry.js";
import type { CheckContext } from "./checks/context.js";
import { checkExpressions } from "./checks/expressions.js";
import { CHECKS } from "./checks/index.js";
import { checkUnused } from "./checks/unused.js";
import { compileWorkflow } from "./compile.js";
import { type Files, readParts, withFile } from "./files.js";
import { createFindings } from "./findings.js";
import { silence } from "./ignore.js";
import { buildModel } from "./model.js";
import { createOrder } from "./order.js";
import { checkPolicies } from "./policy/index.js";
import { parseSource, type Source } from "./source.js";
import { createUsed } from "./used.js";
import { createCalls, type Header, type Read } from "./workflows.js";

/** What reading needs of the outside. */
export interface ReadHost {
  readonly registry: Registry;
  /** A text file by its path relative to the definition's folder; undefined: there is none. */
  readFile(path: string): string | undefined;
  /** The source of another definition, by its id. */
  resolveWorkflow(id: string): Source | undefined;
  /** Ids `resolveWorkflow` knows, for did-you-mean. */
  readonly knownWorkflows: readonly string[];
}

/** The outcome of reading one file: a plan, or the reasons why there is none. Warnings may stand beside a plan. */
export interface Reading {
  /** Only without errors. */
  readonly plan?: Plan;
  readonly diagnostics: readonly Diagnostic[];
  /** Every file that findings can be in, the definition's own among them, with its text. */
  readonly texts: ReadonlyMap<string, string>;
  readonly header?: Header;
}

/** Reads a definition: every finding in one pass, sorted by place, and the plan when none is an error. Never throws. */
export function readDefinition(source: Source, host: ReadHost): Reading {
  const texts = new Map([[source.file, source.text]]);
  const { diagnostics, header, compiled } = read(source, { ...host, texts }, [], new Map());
  return {
    diagnostics,
    texts,
    ...(header !== undefined && { header }),
    ...(compiled !== undefined && {
      plan: { format: 1, workflow: compiled.workflow, called: Object.fromEntries(compiled.called) },
    }),
  };
}

/** `chain`: ids of the workflows being read, outermost first. */
function read(
  source: Source,
  host: ReadHost & Pick<Files, "texts">,
  chain: readonly string[],
  known: Map<string, Read & { readonly file: string }>,
): Read {
  const parsed = parseSource(source);
  if (parsed.value === undefined) return { diagnostics: parsed.diagnostics };
  const raw = parsed.value;
  const findings = createFindings(source.file, parsed.locate, parsed.diagnostics);
  const files = { read: (path: string) => host.readFile(path), findings, file: source.file, texts: host.texts };
  const parts = readParts(raw, files);
  const model = buildModel(raw, host.registry, parts, (input, path) => withFile(input, "schema", path, files));
  const calls = createCalls([...chain, String(raw["id"])], known, (id, inner) => {
    const found = host.resolveWorkflow(id);
    return found === undefined ? undefined : { file: found.file, ...read(found, host, inner, known) };
  });
  const context: CheckContext = {
    raw,
    model,
    findings,
    registry: host.registry,
    order: createOrder(model),
    text: source.text,
    locate: parsed.locate,
    used: createUsed(),
    called: calls.called,
    knownWorkflows: host.knownWorkflows,
  };
  for (const check of CHECKS) check(context);
  const outputs = checkExpressions(context);
  checkUnused(context);
  const workflow = findings.errors === 0 ? proved(context, calls.plans()) : undefined;
  const diagnostics = silence(source, findings.all());
  const header = headerOf(raw);
  const faulty = diagnostics.some(({ severity }) => severity === "error");
  if (faulty || workflow === undefined) return { diagnostics, ...(header !== undefined && { header }) };
  return {
    diagnostics,
    ...(header !== undefined && { header }),
    compiled: { workflow, called: calls.plans(), outputs },
  };
}

/** The plan, after all that can be said only of a whole one. */
function proved(
  { raw, model, registry, findings }: CheckContext,
  plans: ReadonlyMap<string, WorkflowPlan>,
): WorkflowPlan {
  const workflow = compileWorkflow(model);
  const called = Object.fromEntries(plans);
  const policies = checkPolicies({ raw, workflow, called, registry, findings });
  return policies.length === 0 ? workflow : { ...workflow, policies };
}

function headerOf(raw: JsonObject): Header | undefined {
  const { id, version, title } = raw;
  if (typeof id !== "string" || typeof version !== "string") return undefined;
  return { id, version, ...(typeof title === "string" && { title }) };
}
