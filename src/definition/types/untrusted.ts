import { checkExpression, optionsOf, type Type } from "../../core/expression/index.js";
import { findExpressions } from "../../core/expression/template.js";
import type { Names } from "./names.js";

/** An expression in a text that may give any text at all, and what in it does. */
export interface Untrusted {
  /** Half-open, of the expression within its text, `${{` and `}}` included. */
  readonly start: number;
  readonly end: number;
  /** `inputs.name`. */
  readonly names: readonly string[];
}

/** The expressions of a text whose value nobody vouches for: neither its type nor those of all it is made from do. */
export function untrustedIn(text: string, names: Names): readonly Untrusted[] {
  return findExpressions(text).found.flatMap(({ source, start, end, whole }) => {
    const { type, issues, references } = checkExpression(source, names);
    if (issues.some(({ severity }) => severity === "error") || isTrusted(type)) return [];
    const parts = references.map((reference) => source.slice(reference.start, reference.end));
    const free = [...new Set(parts)].filter((part) => !isTrusted(checkExpression(part, names).type));
    return free.length === 0 ? [] : [{ start: whole ? 0 : start - 3, end: whole ? text.length : end + 2, names: free }];
  });
}

/** No value of the type can carry signs that its author did not mean to let through. */
function isTrusted(type: Type): boolean {
  return optionsOf(type).every((option): boolean => {
    switch (option.kind) {
      case "dynamic":
        return false;
      case "string":
        return option.values !== undefined || option.trusted === true;
      case "list":
        return isTrusted(option.item);
      case "optional":
        return isTrusted(option.of);
      case "object":
        return option.rest === undefined && [...option.fields.values()].every((field) => isTrusted(field.type));
      default:
        return true;
    }
  });
}
