import type { CacheUse } from "../core/command.js";
import type { StageResult } from "../plugin/api.js";
import type { CachedResult, Host } from "./ports.js";

/**
 * What an earlier run came to, or what `work` comes to, which is then kept. A cache that fails or holds what no longer
 * fits is as good as an empty one.
 */
export async function throughCache(
  host: Host,
  run: string,
  use: CacheUse,
  check: (result: StageResult) => StageResult,
  work: () => Promise<StageResult>,
): Promise<StageResult> {
  const { store, clock, log } = host;
  const name = host.sha256(use.name);
  const unusable = (error: Error) => {
    log.warn(`the cache is of no use: ${error.message}`);
    return undefined;
  };
  const kept = await store.cached(name, clock.now()).then((found) => found && fitting(found, check), unusable);
  if (kept !== undefined) return kept;
  const result = await work();
  const { outputs, outcome } = result;
  const now = clock.now();
  const entry = outcome === undefined ? { outputs, run } : { outputs, outcome, run };
  await store.putCached(name, entry, now, now + use.ttl).catch(unusable);
  return result;
}

/** With the run it comes from as its explanation. */
function fitting(found: CachedResult, check: (result: StageResult) => StageResult): StageResult | undefined {
  const { run, ...result } = found;
  try {
    return { ...check(result), explain: { cachedFrom: run } };
  } catch {
    return undefined;
  }
}
