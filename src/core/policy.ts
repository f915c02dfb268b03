import { samePerson } from "./approval.js";
import type { Failure } from "./errors.js";
import { type Context, holds, orFailure } from "./evaluate.js";
import { edgeHolds } from "./graph.js";
import { isObject, type Json, type JsonObject } from "./json.js";
import { namesIn } from "./names.js";
import type { PolicyPlan, WorkflowPlan } from "./plan.js";
import type { Frame, RunState, ScopeState, StageState } from "./state.js";

/** The policies of a workflow by the stages they speak of. */
interface PolicyIndex {
  readonly guards: ReadonlyMap<string, readonly PolicyPlan[]>;
  readonly people: ReadonlyMap<string, readonly PolicyPlan[]>;
}

const indexes = new WeakMap<WorkflowPlan, PolicyIndex>();

/** Why no policy of the run lets the stage start, or undefined when all do. Costs nothing where no policy names it. */
export function policyFault(state: RunState, stage: StageState, context: Context): Failure | undefined {
  if (!mayHavePolicies(stage)) return undefined;
  for (const frame of framesAround(stage)) {
    const { guards } = indexOf(frame.workflow);
    const here = placeIn(frame, stage.path);
    for (const policy of guards.get(addressOf(here)) ?? []) {
      const missing = policy.requires.find((edge) => !happened(state, frame, here, edge));
      if (missing === undefined || !applies(state, frame, policy, context)) continue;
      const edge = missing.outcome === null ? missing.stage : `${missing.stage}.${missing.outcome}`;
      const message = `${stage.path} may not start: policy ${policy.id} requires ${edge}, which has not happened`;
      return { code: "policy-violated", message, retryable: false, details: { policy: policy.id, requires: edge } };
    }
  }
  return undefined;
}

/**
 * Why `user` may not decide at the stage, or undefined: a policy wants other people there than those who act elsewhere.
 * @param decidersOf everybody who has decided at a stage instance so far, by its path
 */
export function distinctFault(
  state: RunState,
  stage: StageState,
  user: string,
  decidersOf: (path: string) => readonly string[],
): Failure | undefined {
  for (const frame of framesAround(stage)) {
    const { people } = indexOf(frame.workflow);
    if (people.size === 0) continue;
    const here = addressOf(placeIn(frame, stage.path));
    for (const policy of people.get(here) ?? []) {
      for (const person of policy.distinct) {
        if ("stage" in person && person.stage === here) continue;
        const [name, others] =
          "input" in person
            ? [`inputs.${person.input.join(".")}`, usersIn(frame.inputs, person.input)]
            : [person.stage, instancesIn(state, frame, person.stage).flatMap(({ path }) => decidersOf(path))];
        if (!others.some((other) => samePerson(other, user))) continue;
        const message = `${user} acted at ${name} already: policy ${policy.id} wants another person here`;
        return { code: "policy-distinct", message, retryable: false, details: { policy: policy.id, as: name } };
      }
    }
  }
  return undefined;
}

/** Has any workflow of the run a policy about people? */
export function hasDistinct({ plan }: Pick<RunState, "plan">): boolean {
  return [plan.workflow, ...Object.values(plan.called)].some((workflow) => indexOf(workflow).people.size > 0);
}

function indexOf(workflow: WorkflowPlan): PolicyIndex {
  const known = indexes.get(workflow);
  if (known !== undefined) return known;
  const guards = new Map<string, PolicyPlan[]>();
  const people = new Map<string, PolicyPlan[]>();
  const add = (to: Map<string, PolicyPlan[]>, address: string, policy: PolicyPlan) =>
    to.set(address, [...(to.get(address) ?? []), policy]);
  for (const policy of workflow.policies ?? []) {
    if (policy.stage !== undefined && policy.requires.length > 0) add(guards, policy.stage, policy);
    for (const person of policy.distinct) if ("stage" in person) add(people, person.stage, policy);
  }
  const index = { guards, people };
  indexes.set(workflow, index);
  return index;
}

/** No for most runs, at once. */
function mayHavePolicies({ scope: { frame } }: StageState): boolean {
  return frame.owner !== null || frame.workflow.policies !== undefined;
}

/** The workflow a stage belongs to, and those that called it, where they have policies. */
function framesAround({ scope }: StageState): Frame[] {
  const frames: Frame[] = [];
  for (let frame: Frame | undefined = scope.frame; frame !== undefined; frame = frame.owner?.scope.frame) {
    if (frame.workflow.policies !== undefined) frames.push(frame);
  }
  return frames;
}

/** A path as the frame's own workflow would say it. */
function placeIn(frame: Frame, path: string): string {
  return path.slice(frame.owner === null ? 0 : frame.owner.path.length + 1);
}

/** Without items and iterations: `checks[2]/gate#1` is `checks/gate`. */
function addressOf(path: string): string {
  return path.replace(/\[\d+\]|#\d+/g, "");
}

/** Did the stage, and every instance of it that belongs with the one at `here`, end so? */
function happened(state: RunState, frame: Frame, here: string, edge: PolicyPlan["requires"][number]): boolean {
  const instances = instancesIn(state, frame, edge.stage, here);
  return instances.length > 0 && instances.every(({ outcome }) => outcome !== null && edgeHolds(edge.outcome, outcome));
}

/** Stages of an address within a frame; of loops around both, only what is of the same round as `here`. */
function instancesIn(state: RunState, frame: Frame, address: string, here = ""): readonly StageState[] {
  const steps = address.split("/");
  const near = here.split("/");
  let shared = 0;
  while (shared < Math.min(steps.length, near.length) - 1 && addressOf(near[shared] as string) === steps[shared]) {
    shared += 1;
  }
  const prefix = frame.owner === null ? "" : `${frame.owner.path}/`;
  const base =
    prefix +
    near
      .slice(0, shared)
      .map((step) => `${step}/`)
      .join("");
  const direct = state.stages.get(base + steps.slice(shared).join("/"));
  if (direct !== undefined) return [direct];
  if (steps.length - shared === 1) return [];
  return [...state.stages.values()].filter(
    ({ path, parent }) => parent === null && path.startsWith(base) && addressOf(path.slice(prefix.length)) === address,
  );
}

/** A condition that cannot be evaluated protects all the same. */
function applies(state: RunState, frame: Frame, { id, when }: PolicyPlan, context: Context): boolean {
  if (when === undefined) return true;
  const names = namesIn(state, frame.root as ScopeState);
  return orFailure(
    () => holds(when, names, context, `policies.${id}.when`),
    () => true,
  );
}

function usersIn(inputs: JsonObject, path: readonly string[]): readonly string[] {
  let at: Json | undefined = inputs;
  for (const step of path) at = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  return [at].flat().filter((user) => typeof user === "string");
}
