import { randomUUID } from "node:crypto";
import type { JsonObject } from "../core/json.js";
import type { Store } from "../engine/ports.js";
import { wallClock } from "./host.js";
import type { Delivery, Received, Scheduler } from "./schedules/index.js";

/** An event from outside. */
export interface SaidEvent {
  readonly name: string;
  readonly data: JsonObject;
  /** Who says it. */
  readonly by: string;
  /** The same id and name twice is one event. Without it, each time is one. */
  readonly id?: string;
}

/** `delivered`: runs that waited for it. Triggers hear it within a second of some process that works for the project. */
export interface Said {
  readonly id: string;
  readonly delivered: number;
}

/** What happens outside. */
export interface Events {
  /** Durable when it returns. @throws StagecraftError `payload-too-large` */
  say(event: SaidEvent): Promise<Said>;
  /** A request for the webhook `workflow/trigger`. @throws StagecraftError `unknown-webhook`, `signature-*`, `invalid-input`, … */
  receive(webhook: string, delivery: Delivery): Promise<Received>;
}

export function eventsOf(opened: () => Promise<Store>, scheduler: () => Promise<Scheduler>): Events {
  return {
    async say({ name, data, by, id = randomUUID() }) {
      const store = await opened();
      const emission = { key: `said ${name} ${id}`, run: null, name, data, by, atLeast: 0, hops: 0 };
      return { id, delivered: await store.emit(emission, wallClock.now()) };
    },
    receive: async (webhook, delivery) => (await scheduler()).receive(webhook, delivery, wallClock.now()),
  };
}
