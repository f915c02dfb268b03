/** In the order in which the keys were first met. */
export function groups<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const group = found.get(keyOf(item));
    if (group === undefined) found.set(keyOf(item), [item]);
    else group.push(item);
  }
  return found;
}

export function sumOf<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + numberOf(item), 0);
}

/** Half, and 95 of a hundred, are not above; null where there is none. */
export function middleAndTail(numbers: readonly number[]): {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
} {
  const sorted = [...numbers].sort((a, b) => a - b);
  return { p50Ms: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95) };
}

/** The smallest that so large a part of all is not above. */
function quantile(sorted: readonly number[], part: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? null;
}
