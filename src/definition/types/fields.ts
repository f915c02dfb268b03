import type { Field } from "../../core/expression/index.js";

/** Fields worked out when asked for: a graph of thousands of stages is never typed as a whole for one reader. */
export function lazyFields(
  get: (name: string) => Field | undefined,
  names: () => Iterable<string>,
): ReadonlyMap<string, Field> {
  const known = new Map<string, Field | undefined>();
  const find = (name: string): Field | undefined => {
    if (!known.has(name)) known.set(name, get(name));
    return known.get(name);
  };
  function* entries(): MapIterator<[string, Field]> {
    for (const name of names()) {
      const field = find(name);
      if (field !== undefined) yield [name, field];
    }
  }
  const fields: ReadonlyMap<string, Field> = {
    get: find,
    has: (name) => find(name) !== undefined,
    get size() {
      return [...names()].length;
    },
    keys: () => [...names()][Symbol.iterator](),
    values: () => [...entries()].map(([, field]) => field)[Symbol.iterator](),
    entries,
    forEach: (visit) => {
      for (const [name, field] of entries()) visit(field, name, fields);
    },
    [Symbol.iterator]: entries,
  };
  return fields;
}
