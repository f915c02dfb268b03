import { type Checked, checkExpression, type Type, type TypeNames } from "../../core/expression/index.js";

/** Checks an expression, or knows what an equal one came to. */
export type Checker = (source: string, names: TypeNames, written?: string) => Checked;

/**
 * Definitions say the same thing in many stages. A check that found nothing is taken again for an equal expression, as
 * long as every name it read has the very same type.
 */
export function createChecker(): Checker {
  const clean = new Map<string, { readonly checked: Checked; readonly read: ReadonlyMap<string, Type | undefined> }>();
  return (source, names, written) => {
    const earlier = clean.get(source);
    if (earlier !== undefined && sameTypes(earlier.read, names)) return earlier.checked;
    const read = new Map<string, Type | undefined>();
    const get = (name: string) => {
      const type = names.get(name);
      read.set(name, type);
      return type;
    };
    const checked = checkExpression(source, { get, keys: () => names.keys() }, written);
    if (checked.issues.length === 0) clean.set(source, { checked, read });
    return checked;
  };
}

function sameTypes(read: ReadonlyMap<string, Type | undefined>, names: TypeNames): boolean {
  for (const [name, type] of read) if (names.get(name) !== type) return false;
  return true;
}
