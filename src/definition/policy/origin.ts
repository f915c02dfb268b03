import type { Path } from "../../core/expression/guards.js";
import { pathOf } from "../../core/expression/guards.js";
import type { Node } from "../../core/expression/syntax/ast.js";
import { parse } from "../../core/expression/syntax/parser.js";
import { findExpressions } from "../../core/expression/template.js";
import { isObject, type Json, type JsonSchema } from "../../core/json.js";
import type { WorkflowPlan } from "../../core/plan.js";
import type { Cut, StageInfo } from "../../plugin/api.js";
import type { Registry } from "../../plugin/registry.js";
import { schemaAt } from "./cells.js";
import type { Spot } from "./space.js";

/** Where an expression stands. Without `from`: before the run. `result`: the stage it may call so. */
export interface Standing {
  readonly from: Spot | undefined;
  readonly result?: Spot;
}

/** Where a value comes from, followed through stages that only hand it on. */
export type Origin =
  | { readonly kind: "field"; readonly name: string; readonly schema: JsonSchema; readonly mayBeAbsent: boolean }
  | { readonly kind: "constant"; readonly value: Json }
  | { readonly kind: "expression"; readonly node: Node; readonly standing: Standing }
  | { readonly kind: "result"; readonly spot: Spot; readonly path: Path };

export interface Origins {
  /** Undefined: nothing is known of it. */
  of(path: Path, standing: Standing): Origin | undefined;
  /** Of a part of a template. */
  within(template: Json, path: Path, standing: Standing): Origin | undefined;
  cutsOf(spot: Spot): readonly Cut[] | undefined;
}

const trees = new Map<string, Node | undefined>();

/** The expression a text is as a whole. */
export function treeOf(text: string): Node | undefined {
  if (!trees.has(text)) {
    const [first] = findExpressions(text).found;
    try {
      trees.set(text, first?.whole === true ? parse(first.source) : undefined);
    } catch {
      trees.set(text, undefined);
    }
  }
  return trees.get(text);
}

export function infoOfSpot({ plan, workflow }: Spot): StageInfo {
  return { with: isObject(plan.with) ? plan.with : {}, agents: workflow.agents, rulesets: workflow.rulesets };
}

export function createOrigins(workflow: WorkflowPlan, registry: Registry): Origins {
  function of(path: Path, standing: Standing): Origin | undefined {
    const { from, result } = standing;
    if (path[0] === "result") return result && resultOf(result, path.slice(1));
    if (path[0] === "inputs" && (from === undefined || from.workflow === workflow)) return inputAt(workflow, path);
    if (path[0] !== "stages" || path[2] !== "outputs" || from === undefined) return undefined;
    const spot = visible(String(path[1]), from);
    return spot && outputOf(spot, path.slice(3));
  }

  function outputOf(spot: Spot, path: Path): Origin | undefined {
    const { plan } = spot;
    // Outputs may also stand in for a failure, or come from a person.
    const isReplaced = plan.onError.some((rule) => rule.do === "pause" || rule.outputs !== undefined);
    if (spot.isMany || isReplaced || plan.delivery === "atMostOnce" || typeof path[0] !== "string") return undefined;
    if (plan.outputs !== undefined) {
      return within(plan.outputs, path, { from: plan.kind === "group" ? spot.inner[0] : spot, result: spot });
    }
    return resultOf(spot, path);
  }

  function resultOf(spot: Spot, path: Path): Origin | undefined {
    const { plan } = spot;
    const type = registry.stages.get(plan.uses);
    const info = infoOfSpot(spot);
    if (type === undefined || type.kind === "group" || type.kind === "workflow") return undefined;
    // It hands its values through.
    if (type.name === "transform" && isObject(info.with["values"])) {
      return within(info.with["values"], path, { from: spot });
    }
    if (cutsOf(spot) !== undefined) return { kind: "result", spot, path };
    const at = schemaAt(
      outputSchema(() => (typeof type.output === "function" ? type.output(info) : type.output)),
      path,
    );
    if (at === undefined) return undefined;
    const name = `stages.${spot.plan.id}.outputs.${path.join(".")}`;
    return { kind: "field", name: spot.owner === undefined ? name : `${name} (${spot.address})`, ...at };
  }

  function within(template: Json, path: Path, standing: Standing): Origin | undefined {
    const [step, ...rest] = path;
    if (typeof template === "string" && template.includes("${{")) {
      const tree = treeOf(template);
      return tree && below(tree, path, standing);
    }
    if (step === undefined)
      return isObject(template) || Array.isArray(template) ? undefined : { kind: "constant", value: template };
    if (!isObject(template) || typeof step !== "string" || !Object.hasOwn(template, step)) return undefined;
    return within(template[step] as Json, rest, standing);
  }

  function below(node: Node, path: Path, standing: Standing): Origin | undefined {
    const [step, ...rest] = path;
    if (step === undefined) return { kind: "expression", node, standing };
    const own = pathOf(node);
    if (own !== undefined) return of([...own, ...path], standing);
    if (node.kind !== "map") return undefined;
    const entry = node.entries.find(({ key }) => key.kind === "literal" && key.value === step);
    return entry && !entry.optional ? below(entry.value, rest, standing) : undefined;
  }

  function cutsOf(spot: Spot): readonly Cut[] | undefined {
    const type = registry.stages.get(spot.plan.uses);
    return type?.kind === "pure" ? type.cuts?.(infoOfSpot(spot)) : undefined;
  }

  return { of, within, cutsOf: remembered(cutsOf) };
}

function inputAt(workflow: WorkflowPlan, path: Path): Origin | undefined {
  const name = String(path[1]);
  const schema = Object.hasOwn(workflow.inputs, name) ? workflow.inputs[name] : undefined;
  const at = schema && schemaAt(schema, path.slice(2));
  if (at === undefined) return undefined;
  const mayBeAbsent = at.mayBeAbsent || workflow.optional.includes(name);
  return { kind: "field", name: path.join("."), schema: at.schema, mayBeAbsent };
}

function visible(id: string, from: Spot): Spot | undefined {
  for (let at: Spot | undefined = from; at?.workflow === from.workflow; at = at.owner) {
    const found = at.beside.get(id);
    if (found !== undefined) return found;
  }
  return undefined;
}

function outputSchema(make: () => JsonSchema): JsonSchema {
  try {
    return make();
  } catch {
    return {};
  }
}

function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, make(key));
    return known.get(key) as V;
  };
}
