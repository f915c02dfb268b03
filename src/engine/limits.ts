import { holdsPlace, isLimited, mayOutlastDriver } from "../core/claims.js";
import type { Command } from "../core/command.js";
import type { Event, StagePath } from "../core/event.js";
import type { LimitWait } from "../core/limit.js";
import { enqueue } from "../core/scope.js";
import type { StageState } from "../core/state.js";
import type { DriveParts } from "./drive-parts.js";
import type { Host, Lease } from "./ports.js";
import type { Turns } from "./turns.js";
import type { RunWriter } from "./writer.js";

export type Admit = Extract<Command, { kind: "admit" }>;

/** How often one that waits for a place asks again: milliseconds. What this process gives back it hears of at once. */
const POLL_MS = 250;
/** The same, for a run that nobody drives meanwhile: it is due then. */
const PARKED_MS = 5_000;

interface Waiting {
  readonly stage: StageState;
  readonly wait: LimitWait;
  readonly since: number;
  /** When it asks again. */
  at: number;
}

export interface LimitsHooks {
  /** Something may be decided that could not be before. */
  changed(): void;
  failed(error: Error): void;
}

export interface LimitsParts extends Pick<DriveParts, "host" | "turns" | "lease"> {
  readonly isAway: boolean;
}

/** What the stages of one run hold of the limits that all runs share, and what they wait for. */
export class Limits {
  /** Have what they need and have not started. */
  readonly admitted = new Set<StagePath>();
  readonly #host: Host;
  readonly #turns: Turns;
  readonly #lease: Lease;
  /** Effects run at other processes and outlive the lease; so do their places. */
  readonly #isAway: boolean;
  readonly #writer: RunWriter;
  readonly #hooks: LimitsHooks;
  readonly #waiting = new Map<StagePath, Waiting>();
  /** Known to the store: they hold a place or wait. */
  readonly #known = new Set<StagePath>();
  readonly #asking = new Set<StagePath>();
  /** What is being given back: who asks for it again waits, or a slow giving back would take what was given anew. */
  readonly #leaving = new Map<StagePath, Promise<void>>();
  /** Nothing is asked for before: what was asked for meanwhile would be given back as another's. */
  #begun: Promise<void> = Promise.resolve();
  #pending = 0;
  readonly #somethingIsFree = () => {
    let isAny = false;
    for (const waiting of this.#waiting.values()) {
      if (waiting.wait.kind !== "place") continue;
      waiting.at = Number.NEGATIVE_INFINITY;
      isAny = true;
    }
    if (isAny) this.#hooks.changed();
  };

  constructor({ host, turns, lease, isAway }: LimitsParts, writer: RunWriter, hooks: LimitsHooks) {
    this.#host = host;
    this.#turns = turns;
    this.#lease = lease;
    this.#isAway = isAway;
    this.#writer = writer;
    this.#hooks = hooks;
  }

  /** Takes up what the holder of the lease before this one left: what waits asks again, what should hold nothing gives it back. */
  begin(): Promise<void> {
    // Until then there is more to do than is known.
    this.#pending += 1;
    this.#begun = this.#takeUp().finally(() => {
      this.#pending -= 1;
    });
    return this.#begun;
  }

  async #takeUp(): Promise<void> {
    this.#turns.await(this.#somethingIsFree);
    const { state } = this.#writer;
    const limited = [...state.stages.values()].filter((stage) => isLimited(stage));
    if (limited.length === 0) return;
    const kept = limited.filter((stage) => holdsPlace(stage) || (this.#isAway && stage.status === "running"));
    for (const { path } of kept) this.#known.add(path);
    await this.#turns.keep(
      this.#lease,
      kept.map(({ path }) => path),
    );
    for (const stage of state.queued) enqueue(state, stage);
  }

  end(): void {
    this.#turns.forget(this.#somethingIsFree);
  }

  /** Is an answer of the store outstanding? */
  get isBusy(): boolean {
    return this.#pending > 0;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  ask({ stage, claims, priority }: Admit): void {
    const { path, attempts } = stage;
    if (this.#asking.has(path)) return;
    this.#asking.add(path);
    const since = this.#waiting.get(path)?.since ?? this.#host.clock.now();
    this.#known.add(path);
    const { run, epoch } = this.#lease;
    const outlasts = this.#isAway || mayOutlastDriver(stage);
    const ask = { run, stage: path, attempt: attempts + 1, epoch, outlasts, priority, claims };
    this.#during(async () => {
      await this.#begun;
      await this.#leaving.get(path);
      const wait = await this.#turns.ask(ask).finally(() => this.#asking.delete(path));
      if (!STARTABLE.has(stage.status)) return this.#leave(path);
      if (wait === undefined) this.#admit(stage, claims);
      else this.#queue(stage, wait, since);
    });
  }

  /** Takes those whose time has come to ask again. */
  wakeDue(): void {
    if (this.isEmpty) return;
    const now = this.#host.clock.now();
    for (const [, waiting] of this.#waiting) {
      if (waiting.at > now) continue;
      waiting.at = Number.POSITIVE_INFINITY;
      enqueue(this.#writer.state, waiting.stage);
    }
  }

  /** When the next one asks again, of those that wait for no longer than the patience: milliseconds. */
  nextAsk(patience: number): number | null {
    if (this.isEmpty) return null;
    const now = this.#host.clock.now();
    const times = [...this.#waiting.values()]
      .filter(({ wait, since }) => (wait.at === undefined ? since + patience > now : wait.at <= now + patience))
      .map(({ at }) => at);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** When the run is due if nobody drives it: milliseconds. */
  get parkedUntil(): number | null {
    if (this.isEmpty) return null;
    const now = this.#host.clock.now();
    const times = [...this.#waiting.values()].map(({ wait }) => wait.at ?? now + PARKED_MS);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** An event says what became of a stage: one that started, ended or failed no longer waits, and may give back its place. */
  notice(event: Event): void {
    if (this.#known.size === 0) return;
    if (!("stage" in event) || event.stage === undefined || !this.#known.has(event.stage)) return;
    const { stage: path, type } = event;
    if (BEGINS.has(type)) {
      this.admitted.delete(path);
      this.#waiting.delete(path);
    } else if (ENDS.has(type)) {
      this.admitted.delete(path);
      this.#waiting.delete(path);
      this.#known.delete(path);
      this.#during(() => this.#leave(path));
    }
  }

  /** Not before all that was recorded is on disk: until then the end may come to nothing, and the stage is under way. */
  #leave(path: StagePath): Promise<void> {
    const left = new Promise<boolean>((resolve) => this.#writer.afterDurable(resolve))
      .then((isKept) => (isKept ? this.#turns.leave(this.#lease, [path]) : undefined))
      .finally(() => {
        if (this.#leaving.get(path) === left) this.#leaving.delete(path);
      });
    this.#leaving.set(path, left);
    return left;
  }

  #admit(stage: StageState, claims: Admit["claims"]): void {
    const { path } = stage;
    this.#waiting.delete(path);
    this.admitted.add(path);
    if (claims.every(({ kind }) => kind === "token")) this.#known.delete(path);
    enqueue(this.#writer.state, stage);
  }

  #queue(stage: StageState, wait: LimitWait, since: number): void {
    const now = this.#host.clock.now();
    this.#waiting.set(stage.path, { stage, wait, since, at: wait.at ?? now + POLL_MS });
    const { queue } = stage;
    if (queue !== null && queue.kind === wait.kind && queue.group === wait.group) return;
    this.#writer.record([{ type: "stageQueued", at: now, stage: stage.path, for: wait }]);
  }

  #during(work: () => Promise<void>): void {
    this.#pending += 1;
    work()
      .catch((error: Error) => this.#hooks.failed(error))
      .finally(() => {
        this.#pending -= 1;
        this.#hooks.changed();
      });
  }
}

/** In which a stage may still begin. */
export const STARTABLE: ReadonlySet<string> = new Set(["ready", "retrying", "queued"]);
const BEGINS: ReadonlySet<Event["type"]> = new Set(["stageStarted", "scopeOpened", "stageWaiting"]);
const ENDS: ReadonlySet<Event["type"]> = new Set(["stageEnded", "attemptFailed", "attemptLost"]);
