import type { Field } from "../../core/expression/index.js";

/** Fields worked out when asked for: a graph of thousands of stages is never typed as a whole for one reader. */
export class LazyFields implements ReadonlyMap<string, Field> {
  readonly #known = new Map<string, Field | undefined>();
  readonly #find: (name: string) => Field | undefined;
  readonly #names: () => Iterable<string>;

  constructor(find: (name: string) => Field | undefined, names: () => Iterable<string>) {
    this.#find = find;
    this.#names = names;
  }

  get(name: string): Field | undefined {
    if (this.#known.has(name)) return this.#known.get(name);
    const field = this.#find(name);
    this.#known.set(name, field);
    return field;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  get size(): number {
    return [...this.#names()].length;
  }

  keys(): MapIterator<string> {
    return [...this.#names()][Symbol.iterator]();
  }

  values(): MapIterator<Field> {
    return [...this.entries()].map(([, field]) => field)[Symbol.iterator]();
  }

  *entries(): MapIterator<[string, Field]> {
    for (const name of this.#names()) {
      const field = this.get(name);
      if (field !== undefined) yield [name, field];
    }
  }

  forEach(visit: (field: Field, name: string, all: ReadonlyMap<string, Field>) => void): void {
    for (const [name, field] of this.entries()) visit(field, name, this);
  }

  [Symbol.iterator](): MapIterator<[string, Field]> {
    return this.entries();
  }
}
