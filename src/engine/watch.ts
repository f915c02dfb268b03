import type { Host, InboxMessage, Lease } from "./ports.js";
import { LEASE_MS, type RunWriter } from "./writer.js";

/** How often requests from other processes are looked for: milliseconds. */
const INBOX_MS = 200;
/** One look in so many where the store tells of messages by itself: only what it could not tell is found by looking. */
const LOOKS_WHEN_TOLD = 10;

export interface WatchHooks {
  messages(messages: readonly InboxMessage[]): void;
  /** Another process has the lease, or ours ran out while the store did not answer. */
  lost(): void;
  failed(error: Error): void;
}

/** While a run is driven: a word to the store before the lease runs out, and a regular look at the inbox. */
export class Watch {
  readonly #host: Host;
  readonly #lease: Lease;
  readonly #writer: RunWriter;
  readonly #hooks: WatchHooks;
  #isReading = false;
  #isAskedAgain = false;
  #isRenewing = false;
  #stopTicking: () => void = () => {};
  #stopHearing: (() => void) | undefined;

  constructor(host: Host, lease: Lease, writer: RunWriter, hooks: WatchHooks) {
    this.#host = host;
    this.#lease = lease;
    this.#writer = writer;
    this.#hooks = hooks;
  }

  start(): void {
    this.#stopHearing = this.#host.store.onNudge?.(({ run }) => {
      if (run === this.#lease.run) this.look();
    });
    let ticks = 0;
    this.#stopTicking = this.#host.clock.every(INBOX_MS, () => {
      this.#renew().catch(this.#hooks.failed);
      ticks += 1;
      if (this.#stopHearing === undefined || ticks % LOOKS_WHEN_TOLD === 0) this.look();
    });
  }

  stop(): void {
    this.#stopTicking();
    this.#stopHearing?.();
  }

  /** Reads the inbox; what comes while that is being done is read after it. */
  look(): void {
    void this.read().catch(this.#hooks.failed);
  }

  async read(): Promise<void> {
    if (this.#isReading) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isReading = true;
    try {
      do {
        this.#isAskedAgain = false;
        const messages = await this.#host.store.inbox(this.#lease.run);
        if (messages.length > 0) this.#hooks.messages(messages);
      } while (this.#isAskedAgain);
    } finally {
      this.#isReading = false;
    }
  }

  async #renew(): Promise<void> {
    const { clock, store } = this.#host;
    const now = clock.now();
    const { renewedAt } = this.#writer;
    // A clock set back counts like time gone by: how much has really passed is not known.
    const age = Math.abs(now - renewedAt);
    if (this.#isRenewing) return age < LEASE_MS ? undefined : this.#hooks.lost();
    if (age <= LEASE_MS / 3) return;
    this.#isRenewing = true;
    try {
      if (await store.renew(this.#lease, now + LEASE_MS)) this.#writer.renewedAt = now;
      else this.#hooks.lost();
    } finally {
      this.#isRenewing = false;
    }
  }
}
