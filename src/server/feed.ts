import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Desk } from "./route.js";

/** Another process may drive the run: then nobody tells us, and we look. Milliseconds. */
const LOOK_MS = 400;
/** A proxy closes what stays silent for long. */
const HEARTBEAT_MS = 15_000;
const AT_ONCE = 500;

/** Who follows which run. */
export class Bell {
  readonly #listeners = new Map<string, Set<() => void>>();

  ring(run: string): void {
    for (const listener of this.#listeners.get(run) ?? []) listener();
  }

  /** Returns how to stop listening. */
  listen(run: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(run) ?? new Set();
    this.#listeners.set(run, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(run);
    };
  }
}

/**
 * The journal of a run as server-sent events, from after `seq` on, for as long as the client listens. Only what is on disk
 * is sent, in order, and the id of each is its seq: a client that comes back goes on where it was.
 */
export function followEvents(context: Context, desk: Desk, run: string, seq: number): Response {
  return streamSSE(context, async (stream) => {
    const store = await desk.project.store();
    const nap = new Nap();
    const stopListening = desk.bell.listen(run, () => nap.wake());
    const close = () => nap.end();
    stream.onAbort(close);
    desk.closing.addEventListener("abort", close, { once: true });
    if (desk.closing.aborted) close();
    let last = seq;
    let spoke = Date.now();
    await stream.write("retry: 1000\n\n");
    while (!nap.isOver) {
      const events = await store.readEvents(run, last, AT_ONCE);
      for (const recorded of events) {
        await stream.writeSSE({ id: String(recorded.seq), data: JSON.stringify(recorded) });
        last = recorded.seq;
      }
      if (events.length > 0) spoke = Date.now();
      else if (Date.now() - spoke >= HEARTBEAT_MS) {
        spoke = Date.now();
        await stream.write(": still here\n\n");
      }
      if (events.length < AT_ONCE) await nap.sleep(LOOK_MS);
    }
    stopListening();
    desk.closing.removeEventListener("abort", close);
  });
}

/** A sleep that can be cut short; a wake during the day shortens the next one. */
class Nap {
  isOver = false;
  #isDue = false;
  #wake: () => void = () => {};

  async sleep(ms: number): Promise<void> {
    if (!this.#isDue && !this.isOver) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isDue = false;
  }

  wake(): void {
    this.#isDue = true;
    this.#wake();
  }

  end(): void {
    this.isOver = true;
    this.#wake();
  }
}
