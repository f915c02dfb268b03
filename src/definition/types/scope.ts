import type { Type } from "../../core/expression/index.js";
import { findExpressions } from "../../core/expression/template.js";
import type { Json, JsonSchema } from "../../core/json.js";
import type { CheckContext } from "../checks/context.js";
import type { Path } from "../findings.js";
import type { Checker } from "./checker.js";
import type { Names } from "./names.js";
import { readableIn } from "./readable.js";
import { judgeReference } from "./reference.js";
import { checkTemplate, type TemplateContext } from "./template.js";
import { type Untrusted, untrustedIn } from "./untrusted.js";
import type { Standpoint } from "./view.js";

const BOOLEAN: JsonSchema = { type: "boolean" };
const EMPTY: Type = { kind: "object", fields: new Map() };

/** A place where expressions stand, with what is in scope there. */
export class Scope {
  readonly #context: CheckContext;
  readonly #checker: Checker;
  readonly #from: Standpoint;
  readonly #makeNames: () => Names;
  #template: TemplateContext | undefined;

  /** `makeNames` is called when the first expression is met: most keys of most stages hold none. */
  constructor(context: CheckContext, checker: Checker, from: Standpoint, makeNames: () => Names) {
    this.#context = context;
    this.#checker = checker;
    this.#from = from;
    this.#makeNames = makeNames;
  }

  /** The type the value will have; `wanted` is what it must fit. An absent value is an empty object. */
  check(value: Json | undefined, path: Path, wanted?: JsonSchema): Type {
    if (value === undefined) return EMPTY;
    this.#template ??= this.#newTemplate();
    return checkTemplate(value, path, wanted, this.#template);
  }

  /** A condition: true, false, or exactly one expression that gives one of them. */
  condition(value: Json | undefined, path: Path): void {
    if (typeof value !== "string") return;
    const { found, issues } = findExpressions(value);
    if (issues.length === 0 && found[0]?.whole !== true) {
      if (!value.includes("${{")) return;
      const help = "one ${{ … }} around the whole condition";
      const message = "text around an expression makes no condition";
      this.#context.findings.error("needs-expression", { path }, message, help);
      return;
    }
    this.check(value, path, BOOLEAN);
  }

  /** Expressions of a text that may give any text. */
  untrusted(text: string): readonly Untrusted[] {
    return untrustedIn(text, this.#makeNames());
  }

  #newTemplate(): TemplateContext {
    const { findings, locate, text } = this.#context;
    const names = this.#makeNames();
    const onReference: TemplateContext["onReference"] = (reference, path, offset) =>
      judgeReference(reference, path, offset, this.#from, names, this.#context);
    const readable = readableIn(this.#context.model);
    return { names, checker: this.#checker, findings, locate, text, readable, onReference };
  }
}
