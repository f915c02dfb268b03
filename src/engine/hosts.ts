/** Gives the engine slot of an effect that waits to others, and takes one again. */
export interface Lender {
  lend(): void;
  /** Resolves when a slot is taken. Once aborted it takes one at once: the effect is about to give it back. */
  regain(signal: AbortSignal): Promise<void>;
}

/** One effect as far as its requests are concerned. */
export interface Asker {
  readonly signal: AbortSignal;
  /** Requests under way, and whether its slot is lent meanwhile. */
  requests: number;
  isLent: boolean;
}

interface Door {
  readonly limit: number;
  taken: number;
  /** The longest waiting first. */
  readonly waiting: Set<() => void>;
}

/** How many requests this process may have under way at one host at a time. Hosts nobody limits are not held. */
export class HostPlaces {
  readonly #doors: ReadonlyMap<string, Door>;
  readonly #lender: Lender;

  /** @param limits by host, with or without its port: `api.example.org`, `localhost:8080` */
  constructor(limits: ReadonlyMap<string, number>, lender: Lender) {
    this.#doors = new Map([...limits].map(([host, limit]) => [host, { limit, taken: 0, waiting: new Set() }]));
    this.#lender = lender;
  }

  /**
   * Makes the request when its host has a place, in the order of asking. `told` hears what it waits for.
   * @throws what the asker's signal was aborted with
   */
  async within<T>(asker: Asker, url: string, told: (text: string) => void, request: () => Promise<T>): Promise<T> {
    const [host, door] = this.#doorOf(url);
    if (door === undefined) return request();
    if (door.taken < door.limit) door.taken += 1;
    else await this.#wait(asker, door, () => told(`waits for ${host}: ${door.limit} requests are under way`));
    asker.requests += 1;
    try {
      return await request();
    } finally {
      asker.requests -= 1;
      leave(door);
    }
  }

  /** An entry that names the port goes before one that does not. */
  #doorOf(url: string): readonly [string, Door | undefined] {
    if (this.#doors.size === 0 || !URL.canParse(url)) return ["", undefined];
    const { host, hostname } = new URL(url);
    return [host, this.#doors.get(host) ?? this.#doors.get(hostname)];
  }

  async #wait(asker: Asker, door: Door, tell: () => void): Promise<void> {
    asker.signal.throwIfAborted();
    tell();
    const lends = asker.requests === 0 && !asker.isLent;
    if (lends) {
      asker.isLent = true;
      this.#lender.lend();
    }
    try {
      await turn(door, asker.signal);
    } finally {
      if (asker.isLent) {
        asker.isLent = false;
        await this.#lender.regain(asker.signal);
      }
    }
  }
}

/** Resolves with a place of the door. */
function turn(door: Door, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const enter = () => {
      signal.removeEventListener("abort", stop);
      resolve();
    };
    const stop = () => {
      door.waiting.delete(enter);
      reject(signal.reason);
    };
    door.waiting.add(enter);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** The place goes to who waits longest, without having been free. */
function leave(door: Door): void {
  const [next] = door.waiting;
  if (next === undefined) {
    door.taken -= 1;
    return;
  }
  door.waiting.delete(next);
  next();
}
