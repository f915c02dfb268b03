import { DYNAMIC, listOf, type Type } from "../../core/expression/index.js";
import type { StageTemplate } from "../../plugin/api.js";
import type { CheckContext } from "../checks/context.js";
import type { GraphNode, StageNode } from "../model.js";
import { createChecker } from "./checker.js";
import { baseTypes, type Extras, namesAt, namesFrom } from "./names.js";
import { Scope } from "./scope.js";
import { resultsOf } from "./stage.js";
import { type Standpoint, stagesType } from "./view.js";

/** The types of a definition as they become known, stage by stage in the order in which they can run. */
export class Typing {
  readonly #context: CheckContext;
  readonly #base;
  readonly #checker = createChecker();
  readonly #outputs = new Map<StageNode, Type>();
  readonly #items = new Map<StageNode, Type>();

  constructor(context: CheckContext) {
    this.#context = context;
    this.#base = baseTypes(context.raw);
  }

  /** Before the run: only its inputs are there. */
  atStart(): Scope {
    return this.scope({ stage: undefined, end: this.#context.model.main }, {}, undefined);
  }

  atEnd(graph: GraphNode): Scope {
    const from = { stage: undefined, end: graph };
    return this.scope(from, {}, this.stagesAt(from));
  }

  atStage(stage: StageNode): StageTypes {
    return new StageTypes(this, stage);
  }

  /** What `items` are makes the type of one. */
  bindItem(stage: StageNode, items: Type, batched: boolean): void {
    const item = items.kind === "list" ? items.item : DYNAMIC;
    this.#items.set(stage, batched ? listOf(item) : item);
  }

  itemOf(stage: StageNode): Type {
    return this.#items.get(stage) ?? DYNAMIC;
  }

  /** What a stage gives out, for those that read it. */
  give(stage: StageNode, outputs: Type): void {
    this.#outputs.set(stage, outputs);
  }

  /** In a text that a stage fills in from what it was `given`. */
  inTemplate(stage: StageNode, given: Type, names: StageTemplate["names"]): Scope {
    return new Scope(this.#context, this.#checker, { stage, end: undefined }, () => namesFrom(given, names));
  }

  stagesAt(from: Standpoint): Type {
    const { model, order } = this.#context;
    return stagesType(from, model, order, (stage) => this.#outputs.get(stage) ?? DYNAMIC);
  }

  /** `stages`: what the name stands for; absent where none has run. */
  scope(from: Standpoint, extras: Extras, stages: Type | undefined): Scope {
    const makeNames = () => namesAt(this.#base, stages, from.stage, extras, (stage) => this.itemOf(stage));
    return new Scope(this.#context, this.#checker, from, makeNames);
  }
}

/** The places of one stage. */
export class StageTypes {
  readonly #typing: Typing;
  readonly #stage: StageNode;
  readonly #from: Standpoint;
  readonly #stages: Type;

  constructor(typing: Typing, stage: StageNode) {
    this.#typing = typing;
    this.#stage = stage;
    this.#from = { stage, end: undefined };
    this.#stages = typing.stagesAt(this.#from);
  }

  /** Before there are items and iterations. */
  get outside(): Scope {
    return this.#place({});
  }

  /** With the stage's own item, whose type must be bound before, and iteration. */
  get own(): Scope {
    return this.#place({ own: this.#own });
  }

  /** `with`. */
  get input(): Scope {
    return this.#place({ own: this.#own, secrets: true });
  }

  /** `retry` and `onError`. */
  get failure(): Scope {
    return this.#place({ own: this.#own, error: true });
  }

  /** `completeWhen`, given what one item gives out. */
  results(item: Type): Scope {
    return this.#place({ results: resultsOf(this.#stage, item) });
  }

  /** `outputs`, `set`, `until`: the work is done, and a group's inner stages are in sight. */
  after(result: Type): Scope {
    const extras = { own: this.#own, result };
    const { inner } = this.#stage;
    if (inner === undefined) return this.#place(extras);
    const done: Standpoint = { stage: this.#stage, end: inner };
    return this.#typing.scope(done, extras, this.#typing.stagesAt(done));
  }

  /** `compensate`. */
  undo(result: Type): Scope {
    return this.#place({ own: this.#own, result, secrets: true });
  }

  get #own(): NonNullable<Extras["own"]> {
    return { stage: this.#stage, item: this.#typing.itemOf(this.#stage) };
  }

  #place(extras: Extras): Scope {
    return this.#typing.scope(this.#from, extras, this.#stages);
  }
}
