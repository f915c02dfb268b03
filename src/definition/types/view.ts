import { DYNAMIC, type Field, type Type } from "../../core/expression/index.js";
import type { GraphNode, Model, StageNode } from "../model.js";
import { around, type Order } from "../order.js";
import { LazyFields } from "./fields.js";
import { type Sureness, stageField } from "./stage.js";

/** Where an expression stands: at a stage, or at the end of a graph when all its stages are decided. */
export interface Standpoint {
  /** Undefined: at the end of the run's own graph. */
  readonly stage: StageNode | undefined;
  /** The graph whose end this is. */
  readonly end: GraphNode | undefined;
}

/** What can be said of a stage that an expression names. */
export type Sight =
  | { readonly kind: "seen"; readonly stage: StageNode; readonly sure: Sureness }
  | { readonly kind: "not-before"; readonly stage: StageNode; readonly within: boolean }
  | { readonly kind: "inside"; readonly stage: StageNode }
  | { readonly kind: "unknown" };

/** Where nothing is known, nothing is doubted. */
const NO_DOUBT = { worked: true, ended: true, failed: true };
const AT_THE_END = { worked: false, ended: true, failed: false };

/** Which stages an expression at `from` can read, and how surely they are there. */
export function look(id: string, from: Standpoint, model: Model, order: Order): Sight {
  const start = from.end ?? from.stage?.graph ?? model.main;
  const stage = order.visible(id, start);
  if (stage === undefined) return insideOf(id, model);
  if (stage.graph === from.end) {
    return { kind: "seen", stage, sure: { ...AT_THE_END, worked: order.certain(stage) || order.loose(stage) } };
  }
  const holder = from.stage === undefined ? undefined : holderIn(stage.graph, from.stage);
  if (holder === undefined) return { kind: "seen", stage, sure: AT_THE_END };
  if (order.tangled(stage.graph)) return { kind: "seen", stage, sure: NO_DOUBT };
  if (!order.before(stage, holder)) return { kind: "not-before", stage, within: stage === holder };
  if (order.loose(holder)) return { kind: "seen", stage, sure: NO_DOUBT };
  return { kind: "seen", stage, sure: new Sure(stage, holder, order) };
}

/** What a stage, or the group it is in, can be sure of about another. */
class Sure implements Sureness {
  readonly #stage: StageNode;
  readonly #reader: StageNode;
  readonly #order: Order;

  constructor(stage: StageNode, reader: StageNode, order: Order) {
    this.#stage = stage;
    this.#reader = reader;
    this.#order = order;
  }

  get worked(): boolean {
    return this.#order.ensures(this.#reader, this.#stage);
  }

  get ended(): boolean {
    return this.#order.ended(this.#reader, this.#stage);
  }

  get failed(): boolean {
    return this.#order.fails(this.#reader, this.#stage);
  }
}

/** The stage itself or the group around it that stands in `graph`; undefined: it is in `finally`, after all of it. */
function holderIn(graph: GraphNode, stage: StageNode): StageNode | undefined {
  for (let up: StageNode | undefined = stage; up !== undefined; up = up.graph.owner) if (up.graph === graph) return up;
  return undefined;
}

const inner = new WeakMap<Model, Map<string, StageNode>>();

function insideOf(id: string, model: Model): Sight {
  let index = inner.get(model);
  if (index === undefined) {
    index = new Map(model.stages.filter(({ graph }) => graph.depth > 1 || graph.role !== "main").map((s) => [s.id, s]));
    inner.set(model, index);
  }
  const stage = index.get(id);
  return stage === undefined ? { kind: "unknown" } : { kind: "inside", stage };
}

/** The type of `stages` at a standpoint. `outputsOf` gives what a stage gives out. */
export function stagesType(from: Standpoint, model: Model, order: Order, outputsOf: (stage: StageNode) => Type): Type {
  const get = (id: string): Field | undefined => {
    const sight = look(id, from, model, order);
    if (sight.kind === "unknown") return model.stages.length === 0 ? { type: DYNAMIC } : undefined;
    // What must not be read is said by the reference's own check; its type is left open.
    if (sight.kind !== "seen") return { type: DYNAMIC };
    return stageField(sight.stage, outputsOf(sight.stage), sight.sure);
  };
  const names = function* (): Iterable<string> {
    for (let graph = from.end ?? from.stage?.graph ?? model.main; ; ) {
      for (const { id } of graph.stages) yield id;
      const outer = around(graph, model);
      if (outer === undefined) return;
      graph = outer;
    }
  };
  return { kind: "object", fields: new LazyFields(get, names), label: "stages" };
}
