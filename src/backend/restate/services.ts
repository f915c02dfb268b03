import type { Context, ObjectContext, Serde } from "@restatedev/restate-sdk";
import type { Decider, TurnEnd } from "../../engine/away/decider.js";
import type { Order } from "../../engine/away/news.js";
import { keyOf, type Performer } from "../../engine/away/performer.js";
import type { Listener } from "../../engine/ports.js";
import type { Sdk } from "./sdk.js";
import { NAMES } from "./settings.js";

/** Under this name the object of a run remembers its last turn. */
const LAST = "last";

interface LastTurn {
  /** Attempts that began up to this event of the journal have been handed on. */
  readonly head: number;
  /** A turn is on its way for this time: milliseconds. */
  readonly wakeAt: number | null;
}

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
        const last = (await ctx.get<LastTurn>(LAST)) ?? { head: 0, wakeAt: null };
        const { end, orders, head, wakeAt, delay } = await ctx.run("decide", async (): Promise<Passed> => {
          const done = await decider.turn(run, last.head, listener);
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
        // A timer that rings early finds nothing due, and must be set again.
        const isNew = wakeAt !== null && (wakeAt !== last.wakeAt || delay < STEADY_MS);
        if (isNew) {
          const wait = wakeAt === last.wakeAt ? Math.max(delay, STEADY_MS) : delay;
          ctx.genericSend({ ...turnOf(run), inputSerde: serde.empty, delay: wait });
        }
        const turn: LastTurn = { head, wakeAt: isNew ? wakeAt : last.wakeAt };
        if (isNew || head !== last.head) ctx.set(LAST, turn);
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
        // What follows is not kept by Restate: the store has it, and a turn too many finds nothing to do.
        let needsTurn = true;
        if (isFirst) needsTurn = await performer.perform(order);
        else if (performer.has(order)) await performer.perform(order);
        else await performer.lost(order);
        // One that is called again may have asked for its turn already, and must say the same as then.
        if (needsTurn) ctx.genericSend({ ...turnOf(order.run), inputSerde: serde.empty });
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
