import type { Diagnostic } from "../core/diagnostic.js";
import type { Type } from "../core/expression/index.js";
import type { WorkflowPlan } from "../core/plan.js";
import type { Called } from "./checks/context.js";

/** What a file says about itself, as far as it could be read. */
export interface Header {
  readonly id: string;
  readonly version: string;
  readonly title?: string;
}

/** One file as read: what it compiled to, and all it calls, when there was no error. */
export interface Read {
  readonly diagnostics: readonly Diagnostic[];
  readonly header?: Header;
  readonly compiled?: {
    readonly workflow: WorkflowPlan;
    readonly called: ReadonlyMap<string, WorkflowPlan>;
    readonly outputs: Type;
  };
}

/** The workflows one definition calls, each read once however often it is called. */
export interface Calls {
  called(id: string): Called | undefined;
  /** All that was read without error, with what that calls in turn. */
  plans(): ReadonlyMap<string, WorkflowPlan>;
}

/** `chain` ends with the definition that calls; `readOther` is given the chain the called one is read under. */
export function createCalls(
  chain: readonly string[],
  known: Map<string, Read & { readonly file: string }>,
  readOther: (id: string, chain: readonly string[]) => (Read & { readonly file: string }) | undefined,
): Calls {
  const used = new Map<string, WorkflowPlan>();

  function called(id: string): Called | undefined {
    if (chain.includes(id)) return { state: "recursive", chain: [...chain.slice(chain.indexOf(id)), id] };
    const other = known.get(id) ?? readOther(id, chain);
    if (other === undefined) return undefined;
    known.set(id, other);
    const recursion = other.diagnostics.find(({ code }) => code === "workflow-recursion");
    if (recursion !== undefined) return { state: "recursive", chain: [...chain.slice(-1), id, "…"] };
    const errors = other.diagnostics.filter(({ severity }) => severity === "error").length;
    if (other.compiled === undefined) return { state: "faulty", file: other.file, errors };
    used.set(id, other.compiled.workflow);
    for (const [inner, plan] of other.compiled.called) used.set(inner, plan);
    return { state: "ready", workflow: other.compiled.workflow, outputs: other.compiled.outputs };
  }

  return { called, plans: () => used };
}
