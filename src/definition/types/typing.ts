import { DYNAMIC, listOf, type Type } from "../../core/expression/index.js";
import { findExpressions } from "../../core/expression/template.js";
import type { Json, JsonSchema } from "../../core/json.js";
import type { CheckContext } from "../checks/context.js";
import type { Path } from "../findings.js";
import type { GraphNode, StageNode } from "../model.js";
import { type Checker, createChecker } from "./checker.js";
import { baseTypes, type Extras, type Names, namesAt } from "./names.js";
import { judgeReference } from "./reference.js";
import { resultsOf } from "./stage.js";
import { checkTemplate, type TemplateContext } from "./template.js";
import { type Untrusted, untrustedIn } from "./untrusted.js";
import { type Standpoint, stagesType } from "./view.js";

/** A place where expressions stand, with what is in scope there. */
export interface Scope {
  /** The type the value will have; `wanted` is what it must fit. An absent value is an empty object. */
  check(value: Json | undefined, path: Path, wanted?: JsonSchema): Type;
  /** A condition: true, false, or exactly one expression that gives one of them. */
  condition(value: Json | undefined, path: Path): void;
  /** Expressions of a text that may give any text. */
  untrusted(text: string): readonly Untrusted[];
}

/** The places of one stage. */
export interface StageTypes {
  /** Before there are items and iterations. */
  readonly outside: Scope;
  /** With the stage's own item and iteration. */
  readonly own: Scope;
  /** `with`. */
  readonly input: Scope;
  /** `retry` and `onError`. */
  readonly failure: Scope;
  /** `completeWhen`, given what one item gives out. */
  results(item: Type): Scope;
  /** `outputs`, `set`, `until`: the work is done, and a group's inner stages are in sight. */
  after(result: Type): Scope;
  /** `compensate`. */
  undo(result: Type): Scope;
  /** The item's type is known from here on. */
  open(): void;
  readonly inputType: Type;
}

export interface Typing {
  /** Before the run: only its inputs are there. */
  atStart(): Scope;
  atEnd(graph: GraphNode): Scope;
  atStage(stage: StageNode): StageTypes;
  /** What `items` are makes the type of one. */
  bindItem(stage: StageNode, items: Type, batched: boolean): void;
  /** What a stage gives out, for those that read it. */
  give(stage: StageNode, outputs: Type): void;
}

const BOOLEAN: JsonSchema = { type: "boolean" };

export function createTyping(context: CheckContext): Typing {
  const { model, order } = context;
  const base = baseTypes(context.raw);
  const given = new Map<StageNode, Type>();
  const items = new Map<StageNode, Type>();
  const outputsOf = (stage: StageNode) => given.get(stage) ?? DYNAMIC;
  const itemOf = (stage: StageNode) => items.get(stage) ?? DYNAMIC;

  const checker = createChecker();
  const scope = (from: Standpoint, makeNames: () => Names) => createScope(context, checker, from, makeNames);

  function atStage(stage: StageNode): StageTypes {
    const from: Standpoint = { stage, end: undefined };
    const stages = stagesType(from, model, order, outputsOf);
    const done: Standpoint = { stage, end: stage.inner };
    const stagesAfter = stage.inner === undefined ? stages : stagesType(done, model, order, outputsOf);
    const place = (extras: Extras) => scope(from, () => namesAt(base, stages, stage, extras, itemOf));
    const later = (extras: Extras) => scope(done, () => namesAt(base, stagesAfter, stage, extras, itemOf));
    let own = { stage, item: itemOf(stage) };
    let ownScope: Scope | undefined;
    let inputType: Type = DYNAMIC;
    return {
      outside: place({}),
      get own() {
        ownScope ??= place({ own });
        return ownScope;
      },
      get input() {
        const input = place({ own, secrets: true });
        const check: Scope["check"] = (value, path, wanted) => {
          inputType = input.check(value, path, wanted);
          return inputType;
        };
        return { ...input, check };
      },
      get failure() {
        return place({ own, error: true });
      },
      results: (item) => place({ results: resultsOf(stage, item) }),
      after: (result) => later({ own, result }),
      undo: (result) => place({ own, result, secrets: true }),
      open: () => {
        own = { stage, item: itemOf(stage) };
        ownScope = undefined;
      },
      get inputType() {
        return inputType;
      },
    };
  }

  return {
    atStart: () => scope({ stage: undefined, end: model.main }, () => namesAt(base, undefined, undefined, {}, itemOf)),
    atEnd: (graph) => {
      const from = { stage: undefined, end: graph };
      return scope(from, () => namesAt(base, stagesType(from, model, order, outputsOf), undefined, {}, itemOf));
    },
    atStage,
    bindItem: (stage, list, batched) => {
      const item = list.kind === "list" ? list.item : DYNAMIC;
      items.set(stage, batched ? listOf(item) : item);
    },
    give: (stage, outputs) => given.set(stage, outputs),
  };
}

const EMPTY: Type = { kind: "object", fields: new Map() };

/** `makeNames` is called when the first expression is met: most keys of most stages hold none. */
function createScope(context: CheckContext, checker: Checker, from: Standpoint, makeNames: () => Names): Scope {
  const { findings } = context;
  let known: TemplateContext | undefined;
  const template = (): TemplateContext => {
    const names = makeNames();
    const onReference: TemplateContext["onReference"] = (reference, path, offset) =>
      judgeReference(reference, path, offset, from, names, context);
    return { names, checker, findings, locate: context.locate, text: context.text, onReference };
  };
  const check: Scope["check"] = (value, path, wanted) => {
    if (value === undefined) return EMPTY;
    known ??= template();
    return checkTemplate(value, path, wanted, known);
  };
  return {
    check,
    untrusted: (text) => untrustedIn(text, makeNames()),
    condition: (value, path) => {
      if (typeof value !== "string") return;
      const { found, issues } = findExpressions(value);
      if (issues.length === 0 && found[0]?.whole !== true) {
        if (!value.includes("${{")) return;
        const help = "one ${{ … }} around the whole condition";
        findings.error("needs-expression", { path }, "text around an expression makes no condition", help);
        return;
      }
      check(value, path, BOOLEAN);
    },
  };
}
