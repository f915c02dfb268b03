import type { Context, ObjectContext, Serde } from "@restatedev/restate-sdk";
import type { Decider, TurnEnd } from "../../engine/away/decider.js";
import type { Order } from "../../engine/away/news.js";
import { keyOf, type Performer } from "../../engine/away/performer.js";
import type { Listener } from "../../engine/ports.js";
import type { Sdk } from "./sdk.js";
import { NAMES } from "./settings.js";

/** Names of what the object of a run remembers. */
const HEAD = "head";
const WAKE = "wake";

/** A run is asked again no sooner than this after a time that has come and changed nothing: milliseconds. */
const STEADY_MS = 1_000;
/** Restate calls again what failed: first soon, then every few seconds, for about a week. */
const RETRY = { initialInterval: 50, exponentiationFactor: 2, maxInterval: 5_000, maxAttempts: 120_000 };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What one turn hands to Restate: names and times, nothing of what the run holds. */
interface Passed extends Omit<TurnEnd, "wakeAt"> {
  readonly wakeAt: number | null;
  /** Until then: milliseconds. */
  readonly delay: number;
}

export interface Parts {
  readonly decider: Decider;
  readonly performer: Performer;
  readonly listener: Listener | undefined;
  now(): number;
}

/**
 * The durable side: Restate gives a run one turn at a time, keeps its timers, and sees that each order is carried out by
 * some worker, whoever dies. What happens is in the store's journal; all that Restate is given can be derived from it.
 */
export function servicesOf(sdk: Sdk, parts: Parts) {
  return [runObject(sdk, parts), attemptService(sdk, parts)];
}

function runObject({ object, serde }: Sdk, { decider, listener, now }: Parts) {
  return object({
    name: NAMES.run,
    handlers: {
      async turn(ctx: ObjectContext): Promise<TurnEnd["end"]> {
        const run = ctx.key;
        const after = (await ctx.get<number>(HEAD)) ?? 0;
        const scheduled = await ctx.get<number>(WAKE);
        const { end, orders, head, wakeAt, delay } = await ctx.run("decide", async (): Promise<Passed> => {
          const done = await decider.turn(run, after, listener);
          return { ...done, delay: Math.max((done.wakeAt ?? 0) - now(), 0) };
        });
        for (const order of orders) {
          ctx.genericSend({
            ...{ service: NAMES.attempt, method: "perform", idempotencyKey: keyOf(order) },
            ...{ parameter: order, inputSerde: serde.json as Serde<Order> },
          });
        }
        if (end === "ended") {
          ctx.clearAll();
          return end;
        }
        ctx.set(HEAD, head);
        // A timer that rings early finds nothing due, and must be set again.
        if (wakeAt !== null && (wakeAt !== scheduled || delay < STEADY_MS)) {
          const wait = wakeAt === scheduled ? Math.max(delay, STEADY_MS) : delay;
          ctx.genericSend({ ...turnOf(run), inputSerde: serde.empty, delay: wait });
          ctx.set(WAKE, wakeAt);
        }
        return end;
      },
    },
    options: { inactivityTimeout: 5 * MINUTE, journalRetention: 0, idempotencyRetention: MINUTE, retryPolicy: RETRY },
  });
}

function attemptService({ service, serde }: Sdk, { performer }: Parts) {
  return service({
    name: NAMES.attempt,
    handlers: {
      async perform(ctx: Context, order: Order): Promise<void> {
        let isFirst = false;
        await ctx.run("begin", () => {
          isFirst = true;
        });
        // Called again, this finds `begin` done: whoever began has died, or lost its connection and is still at it here.
        await ctx.run("perform", () =>
          isFirst || performer.has(order) ? performer.perform(order) : performer.lost(order),
        );
        ctx.genericSend({ ...turnOf(order.run), inputSerde: serde.empty });
      },
    },
    options: {
      ingressPrivate: true,
      // An effect may take long and says nothing meanwhile; a worker that is gone shows by its connection.
      inactivityTimeout: DAY,
      abortTimeout: MINUTE,
      journalRetention: 0,
      idempotencyRetention: DAY,
      retryPolicy: RETRY,
    },
  });
}

function turnOf(run: string) {
  return { service: NAMES.run, key: run, method: "turn", parameter: undefined };
}
