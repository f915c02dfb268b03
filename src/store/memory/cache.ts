import { checkPayload } from "../../core/payload.js";
import type { CachedResult, Store } from "../../engine/ports.js";

type Part = Pick<Store, "cached" | "putCached">;

export function cache(): Part {
  const entries = new Map<string, { readonly result: CachedResult; readonly until: number }>();
  return {
    async cached(name, now) {
      const entry = entries.get(name);
      return entry === undefined || entry.until <= now ? undefined : entry.result;
    },
    async putCached(name, result, now, until) {
      checkPayload(() => "a cached result", result.outputs);
      for (const [other, entry] of entries) if (entry.until <= now) entries.delete(other);
      entries.set(name, { result: { ...result }, until });
    },
  };
}
