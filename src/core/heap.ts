/** A binary min-heap: `push` and `pop` in O(log n). Equal keys come out in the order they went in. */
export class Heap<T> {
  readonly #items: { readonly key: number; readonly turn: number; readonly value: T }[] = [];
  #turn = 0;

  get size(): number {
    return this.#items.length;
  }

  push(key: number, value: T): void {
    const items = this.#items;
    const item = { key, turn: this.#turn++, value };
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = items[up] as (typeof items)[number];
      if (before(parent, item)) break;
      items[at] = parent;
      at = up;
    }
    items[at] = item;
  }

  /** In no order. */
  *[Symbol.iterator](): Iterator<T> {
    for (const { value } of this.#items) yield value;
  }

  peek(): { readonly key: number; readonly value: T } | undefined {
    return this.#items[0];
  }

  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined) return undefined;
    if (items.length > 0) this.#sink(last);
    return top.value;
  }

  #sink(item: { readonly key: number; readonly turn: number; readonly value: T }): void {
    const items = this.#items;
    const half = items.length >> 1;
    let at = 0;
    while (at < half) {
      let down = 2 * at + 1;
      let child = items[down] as typeof item;
      const right = items[down + 1];
      if (right !== undefined && before(right, child)) {
        down += 1;
        child = right;
      }
      if (before(item, child)) break;
      items[at] = child;
      at = down;
    }
    items[at] = item;
  }
}

function before(
  a: { readonly key: number; readonly turn: number },
  b: { readonly key: number; readonly turn: number },
) {
  return a.key < b.key || (a.key === b.key && a.turn < b.turn);
}
