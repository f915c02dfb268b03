/**
 * A client of the HTTP API, typed by its OpenAPI document. It needs nothing but `fetch`: any Node, Deno, Bun or browser
 * will do.
 */

import type { EventRecord, RunView } from "./documents.js";
import { eventsOf, type Place } from "./events.js";
import { Operations } from "./operations.js";
import { ApiError, type Ask, type ClientOptions, type RequestOptions, type StartOptions, send } from "./request.js";

export type * from "./audit.js";
export type * from "./documents.js";
export type * from "./metrics.js";
export { ApiError, type ClientOptions, type RequestOptions, type StartOptions } from "./request.js";
export type * from "./requests.js";

/** Milliseconds, until the server says another. */
const PAUSE_MS = 1_000;
/** Nothing of a run comes after these, unless somebody takes it up again. */
const ENDED: ReadonlySet<string> = new Set(["succeeded", "failed", "cancelled", "rolledBack", "rollbackFailed"]);

export interface FollowOptions extends RequestOptions {
  /** seq of the last event already seen. Default 0: from the beginning. */
  readonly after?: number;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/**
 * Speaks to one server as whoever the token belongs to. Each method ends in an {@link ApiError} where the server refuses,
 * and in the error of `fetch` where it does not answer.
 */
export class StagecraftClient extends Operations {
  readonly #to: ClientOptions;

  constructor(to: ClientOptions) {
    super();
    this.#to = to;
  }

  protected override async ask<T>(ask: Ask, options: StartOptions = {}): Promise<T> {
    const { signal, idempotencyKey, traceparent } = options;
    const headers = {
      ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
      ...(traceparent !== undefined && { traceparent }),
    };
    const answer = await send(this.#to, ask, headers, signal);
    return (await answer.json()) as T;
  }

  /**
   * A run's journal, live: each event once and in order, when it is on disk. A connection that is cut is made again and
   * goes on after the last event heard; the loop ends when it is left, or by `signal`.
   */
  async *follow(run: string, { after = 0, signal }: FollowOptions = {}): AsyncGenerator<EventRecord, void> {
    const place: Place = { last: after, pause: PAUSE_MS };
    const ask = { method: "GET", path: `/runs/${encodeURIComponent(run)}/events` };
    const isOver = () => signal?.aborted === true;
    while (!isOver()) {
      const headers = { accept: "text/event-stream", "last-event-id": String(place.last) };
      try {
        const { body } = await send(this.#to, ask, headers, signal);
        if (body !== null) yield* eventsOf(body, place);
      } catch (error) {
        if (isOver()) return;
        // What the server refuses now it refuses again; that it is away may pass.
        if (error instanceof ApiError && error.status < 500) throw error;
      }
      await pause(place.pause, signal);
    }
  }

  /** The run once it has ended. A run that waits for a person is waited for: see `listApprovals`. */
  async finished(run: string, { signal }: RequestOptions = {}): Promise<RunView> {
    const options = signal === undefined ? {} : { signal };
    let view = await this.showRun(run, options);
    if (ENDED.has(view.status)) return view;
    for await (const { event } of this.follow(view.id, options)) {
      if (event.type !== "runEnded") continue;
      // It may have been taken up again since.
      view = await this.showRun(run, options);
      if (ENDED.has(view.status)) return view;
    }
    throw signal?.reason;
  }

  /** Everything of a list, page by page: `client.every((after) => client.listRuns({ after }))`. */
  async *every<T>(page: (after?: string) => Promise<Page<T>>): AsyncGenerator<T, void> {
    let after: string | undefined;
    for (;;) {
      const { items, next } = await page(after);
      yield* items;
      if (next === null) return;
      after = next;
    }
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal?.aborted === true) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
}
