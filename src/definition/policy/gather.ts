import { pathOf } from "../../core/expression/guards.js";
import type { Node } from "../../core/expression/syntax/ast.js";
import type { Json, JsonSchema } from "../../core/json.js";
import type { Template } from "../../core/plan.js";
import { type Cell, cellsOf } from "./cells.js";
import { constantOf, isRelation } from "./evaluate.js";
import { type Origin, type Origins, type Standing, treeOf } from "./origin.js";
import type { Spot } from "./space.js";

/** A field that conditions compare with constants, in the parts these cut it into. */
export interface Field {
  readonly name: string;
  readonly cells: readonly Cell[];
  /** Some cell stands for more than one value. */
  readonly isOpen: boolean;
}

type Scalar = null | boolean | number | string;

interface Draft {
  readonly schema: JsonSchema;
  readonly mayBeAbsent: boolean;
  readonly constants: Set<Scalar>;
}

/** Finds the fields behind conditions, and every constant each is compared with on the way. */
export interface Gatherer {
  condition(template: Template | undefined, standing: Standing): void;
  /** What the outcome of a stage depends on, if its type says so. */
  stage(spot: Spot): void;
  /** Inputs first, then in order of appearance. */
  fields(): readonly Field[];
}

export function createGatherer(origins: Origins): Gatherer {
  const drafts = new Map<string, Draft>();
  const done = new Set<Spot>();

  function stage(spot: Spot): void {
    if (done.has(spot)) return;
    done.add(spot);
    for (const { path, values } of origins.cutsOf(spot) ?? []) {
      cutOrigin(origins.within(spot.plan.with ?? {}, path, { from: spot }), values);
    }
  }

  function cutOrigin(origin: Origin | undefined, constants: readonly Scalar[]): void {
    if (origin?.kind === "expression") cut(origin.node, origin.standing, constants);
    else if (origin?.kind === "result") stage(origin.spot);
    else if (origin?.kind === "field") {
      const { schema, mayBeAbsent } = origin;
      const draft = drafts.get(origin.name) ?? { schema, mayBeAbsent, constants: new Set() };
      for (const constant of constants) draft.constants.add(constant);
      drafts.set(origin.name, draft);
    }
  }

  /** The value of `node` is compared with the constants. */
  function cut(node: Node, standing: Standing, constants: readonly Scalar[]): void {
    const path = pathOf(node);
    if (path !== undefined) cutOrigin(origins.of(path, standing), constants);
    else if (node.kind === "conditional") {
      gather(node.test, standing);
      for (const way of [node.then, node.otherwise]) cut(way, standing, constants);
    } else if (node.kind === "call" && node.name === "coalesce") {
      for (const arg of node.args) cut(arg, standing, constants);
    } else gather(node, standing);
  }

  /** The node is true or false. */
  function gather(node: Node, standing: Standing): void {
    if (pathOf(node) !== undefined) cut(node, standing, [true, false]);
    else if (node.kind === "has") cut(node.operand, standing, []);
    else if (node.kind === "unary") gather(node.operand, standing);
    else if (node.kind === "conditional") {
      for (const part of [node.test, node.then, node.otherwise]) gather(part, standing);
    } else if (node.kind === "binary") {
      if (node.operator === "&&" || node.operator === "||") {
        for (const side of [node.left, node.right]) gather(side, standing);
      } else if (isRelation(node.operator)) {
        const [left, right] = [constantOf(node.left), constantOf(node.right)];
        if (right !== undefined) cut(node.left, standing, scalarsOf(right));
        else if (left !== undefined) cut(node.right, standing, scalarsOf(left));
      }
    }
  }

  return {
    condition: (template, standing) => {
      const tree = typeof template === "string" ? treeOf(template) : undefined;
      if (tree !== undefined) gather(tree, standing);
    },
    stage,
    fields: () => {
      const fields = [...drafts].flatMap(([name, { schema, constants, mayBeAbsent }]): Field[] => {
        const cells = cellsOf(schema, [...constants], mayBeAbsent);
        const isOpen = schema["enum"] === undefined && schema["const"] === undefined && schema["type"] !== "boolean";
        return cells === undefined || cells.length === 0 ? [] : [{ name, cells, isOpen }];
      });
      const isInput = ({ name }: Field) => name.startsWith("inputs.");
      return [...fields.filter(isInput), ...fields.filter((field) => !isInput(field))];
    },
  };
}

function scalarsOf(constant: Json): Scalar[] {
  return [constant].flat().filter((value) => typeof value !== "object" || value === null) as Scalar[];
}
