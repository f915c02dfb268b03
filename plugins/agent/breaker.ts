import type { IPolicy } from "cockatiel";
import { type AgentProvider, StageError } from "stagecraft/plugin";
import type { Agent } from "./agent.js";

/** Failures in a row after which a provider is left alone. */
const FAILURES = 5;
/** For how long: milliseconds. Then one call tries it. */
const REST_MS = 30_000;
/** Calls of one process that a provider answers at a time, and that wait for it. */
const AT_A_TIME = 64;
const WAITING = 100_000;

/** What says that the provider itself is unwell. Too many requests are no illness: it says when to come back. */
const ILLNESS: ReadonlySet<string> = new Set([
  "provider-unavailable",
  "provider-unreachable",
  "provider-timeout",
  "provider-bad-answer",
  "agent-timeout",
]);

interface Guard {
  readonly policy: IPolicy;
  /** When one call may try it again: milliseconds since the epoch. */
  until: number;
}

/** One for each place that answers, for as long as the process lives. */
const guards = new Map<string, Promise<Guard>>();

/**
 * Calls through the provider's breaker and bulkhead.
 * @throws StageError `provider-resting` while the breaker is open, and whatever the call throws
 */
export async function guarded<T>(
  provider: AgentProvider,
  agent: Agent,
  call: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const place = [provider.name, agent.options["baseUrl"] ?? ""].join(" ").trim();
  let made = guards.get(place);
  if (made === undefined) {
    made = makeGuard();
    guards.set(place, made);
  }
  const guard = await made;
  try {
    return await guard.policy.execute(call, signal);
  } catch (error) {
    if (!(error instanceof Error) || !("isBrokenCircuitError" in error)) throw error;
    throw resting(place, guard.until);
  }
}

function resting(place: string, until: number): StageError {
  const at = new Date(until).toISOString();
  return new StageError(
    "provider-resting",
    `${place} failed ${FAILURES} times in a row and is left alone until ${at}`,
    {
      retryable: true,
      retryAfter: Math.max(0, until - Date.now()),
      details: { until: at },
    },
  );
}

async function makeGuard(): Promise<Guard> {
  const { bulkhead, circuitBreaker, ConsecutiveBreaker, handleWhen, wrap } = await import("cockatiel");
  const isIllness = (error: unknown) => error instanceof StageError && ILLNESS.has(error.code);
  const breaker = circuitBreaker(handleWhen(isIllness), {
    halfOpenAfter: REST_MS,
    breaker: new ConsecutiveBreaker(FAILURES),
  });
  const guard = { policy: wrap(bulkhead(AT_A_TIME, WAITING), breaker), until: 0 };
  breaker.onBreak(() => {
    guard.until = Date.now() + REST_MS;
  });
  return guard;
}
