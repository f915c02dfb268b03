import type { Command } from "../core/command.js";
import { decide } from "../core/decide.js";
import { bug } from "../core/errors.js";
import type { Context } from "../core/evaluate.js";
import type { Recorded } from "../core/event.js";
import { approvalExpired } from "../core/outside.js";
import { recover } from "../core/recover.js";
import { failed, succeeded } from "../core/settle.js";
import type { RunState, StageState } from "../core/state.js";
import { nextWake, undoFailed } from "../core/timers.js";
import { approvalId } from "./approvals.js";
import type { InFlight } from "./attempt.js";
import { type AttemptEnd, Effects } from "./effects.js";
import { eventsOf } from "./inbox.js";
import type { Journal } from "./journal.js";
import type { Mask } from "./mask.js";
import type { Host, InboxMessage, Lease, Listener } from "./ports.js";
import { evaluateStage } from "./pure.js";
import type { Slots } from "./slots.js";
import type { Snapshots } from "./snapshots.js";
import { Watch } from "./watch.js";
import { RunWriter } from "./writer.js";

/** Why driving a run stopped. `lost`: another process took the lease. `stopped`: asked to. */
export type DriveEnd = "ended" | "paused" | "waiting" | "stopped" | "lost";

export interface DriveOptions {
  /** Milliseconds: a timer due within them is waited for; a run that waits for longer is left to itself. */
  readonly patience: number;
  readonly signal?: AbortSignal | undefined;
  readonly listener?: Listener | undefined;
  /** Hears what running effects say about themselves; nothing depends on it. */
  readonly progress?: ((stage: string, message: string) => void) | undefined;
}

/** How long effects in flight may take to end when asked to stop: milliseconds. */
const GRACE_MS = 5_000;
/** Commands between two turns of the event loop: a long chain of pure stages must not starve it. */
const BURST = 500;

/** Everything one drive works with. */
export interface DriveParts {
  readonly host: Host;
  readonly journal: Journal;
  readonly slots: Slots;
  readonly lease: Lease;
  readonly state: RunState;
  readonly secrets: Context["secrets"];
  readonly mask: Mask;
  readonly snapshots: Snapshots;
  readonly options: DriveOptions;
}

/** Drives one run while this process holds its lease: decide → record → perform. */
export class Drive {
  readonly #parts: DriveParts;
  readonly #writer: RunWriter;
  readonly #effects: Effects;
  readonly #watch: Watch;
  readonly #pumpSoon = () => this.#pump();
  /** Messages whose events are recorded but may not be committed yet. */
  readonly #taken = new Set<number>();
  #evaluating = 0;
  #isPumping = false;
  #isOver = false;
  #isStopping = false;
  /** Nothing can be done until something comes: what the list calls waiting. */
  #isIdle = false;
  #alarm: { readonly at: number; readonly cancel: () => void } | null = null;
  #grace: (() => void) | undefined;
  #finish: (end: DriveEnd) => void = () => {};
  #fail: (error: Error) => void = () => {};

  constructor(parts: DriveParts) {
    this.#parts = parts;
    const { host, lease, slots, mask, options } = parts;
    this.#writer = new RunWriter(parts, {
      recorded: (event) => this.#effects.notice(event),
      durable: (events) => this.#tell(events),
      lost: (error) => this.#end(error ?? "lost"),
      isBusy: () => !this.#isIdle,
    });
    this.#effects = new Effects(host, slots, mask, this.#writer, {
      ended: (flight, end) => this.#attemptEnded(flight, end),
      released: this.#pumpSoon,
      progress: (stage, message) => options.progress?.(stage, message),
    });
    this.#watch = new Watch(host, lease, this.#writer, {
      messages: (messages) => this.#guard(() => this.#take(messages)),
      lost: () => this.#end("lost"),
      failed: (error) => this.#end(error),
    });
  }

  /** Resolves when the run ended, is paused, waits longer than the patience, or is no longer ours. */
  run(): Promise<DriveEnd> {
    const { options } = this.#parts;
    return new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
      options.signal?.addEventListener("abort", this.#stop, { once: true });
      this.#guard(() => this.#writer.record(recover(this.#writer.state, this.#context())));
      this.#watch.start();
      if (options.signal?.aborted) this.#stop();
      void this.#watch.read().then(this.#pumpSoon, (error: Error) => this.#end(error));
    });
  }

  #context(): Context {
    const { host, secrets } = this.#parts;
    return { now: host.clock.now(), validate: host.validate, secrets };
  }

  /** Acts until nothing can be done now. */
  #pump(): void {
    if (this.#isPumping || this.#isOver) return;
    this.#isPumping = true;
    this.#guard(() => {
      this.#isIdle = false;
      for (let burst = 0; !this.#isStopping && !this.#isOver; burst++) {
        if (burst === BURST) {
          setImmediate(this.#pumpSoon);
          return;
        }
        const command = decide(this.#writer.state, this.#context(), this.#parts.slots.free);
        if (command === undefined) break;
        this.#execute(command);
      }
      this.#rest();
    });
    this.#isPumping = false;
  }

  #execute(command: Command): void {
    switch (command.kind) {
      case "record":
        return this.#writer.record(command.events);
      case "perform":
        return this.#effects.perform(command);
      case "evaluate":
        return this.#evaluate(command.stage, command.input);
      case "expire":
        void this.#expire(command.stage, command.outcome);
    }
  }

  #evaluate(stage: StageState, input: Extract<Command, { kind: "evaluate" }>["input"]): void {
    const { host } = this.#parts;
    const state = this.#writer.state;
    const context = this.#context();
    const events = evaluateStage(host, state, stage, input, context);
    if (!(events instanceof Promise)) return this.#writer.record(events);
    this.#evaluating += 1;
    void events.then((later) => {
      this.#evaluating -= 1;
      const isCurrent = stage.status === "ready" || stage.status === "retrying";
      this.#guard(() => (isCurrent ? this.#writer.record(later(this.#context())) : undefined));
      this.#pump();
    });
  }

  #attemptEnded({ stage, isUndo }: InFlight, end: AttemptEnd): void {
    this.#guard(() => {
      const state = this.#writer.state;
      const context = this.#context();
      if ("failure" in end) {
        const events = (isUndo ? undoFailed : failed)(state, stage, end.failure, context);
        this.#writer.record(events);
      } else if (isUndo) {
        const { outputs: result } = end.result;
        this.#writer.record([{ type: "compensated", at: context.now, stage: stage.path, result }]);
      } else {
        this.#writer.record(succeeded(state, stage, end.result, context));
      }
    });
  }

  /** The approvals list says who came first: the clock or a person. */
  async #expire(stage: StageState, outcome: string): Promise<void> {
    const { host } = this.#parts;
    const state = this.#writer.state;
    this.#evaluating += 1;
    try {
      // A late commit: its time may be over before the list has heard of it.
      if (!(await new Promise<boolean>((resolve) => this.#writer.afterDurable(resolve)))) return;
      const id = approvalId(host.sha256, state.id, stage);
      const isExpired = await host.store.expireApproval(id, host.clock.now());
      if (isExpired) this.#guard(() => this.#writer.record(approvalExpired(state, stage, outcome, this.#context())));
      else await this.#watch.read();
    } catch (error) {
      this.#end(error as Error);
    } finally {
      this.#evaluating -= 1;
      this.#pump();
    }
  }

  /** Nothing can be done now: sleep until something comes, or let go of the run. */
  #rest(): void {
    const { host, slots, options } = this.#parts;
    const state = this.#writer.state;
    if (this.#isOver) return;
    if (this.#effects.size > 0 || this.#evaluating > 0) return this.#setAlarm(nextWake(state));
    const needsSlot = slots.free <= 0 && state.paused === null && hasReadyEffects(state);
    // Whoever reads the list must not leave a run to itself that could go on: not one that is stopped here, nor this.
    this.#isIdle = !needsSlot && !this.#isStopping;
    if (!this.#writer.isDurable) return this.#writer.afterDurable(this.#pumpSoon);
    if (state.phase === "ended") return this.#end("ended");
    if (this.#isStopping) return this.#end("stopped");
    if (needsSlot) {
      slots.await(this.#pumpSoon);
      return this.#setAlarm(nextWake(state));
    }
    if (!this.#writer.isTold) {
      this.#writer.tell();
      return this.#writer.afterDurable(this.#pumpSoon);
    }
    if (state.paused !== null) return this.#end("paused");
    const wake = nextWake(state);
    if (wake !== null && wake <= host.clock.now() + options.patience) return this.#setAlarm(wake);
    if (wake === null && state.waits.size === 0)
      throw bug(`run ${state.id} is stuck: nothing in flight, nothing to decide`);
    this.#end("waiting");
  }

  #setAlarm(at: number | null): void {
    // While stopping nothing is decided, so a time that has come would be woken up to for ever.
    if (at === null || this.#isStopping || (this.#alarm !== null && this.#alarm.at <= at)) return;
    this.#alarm?.cancel();
    const cancel = this.#parts.host.clock.at(at, () => {
      this.#alarm = null;
      this.#pump();
    });
    this.#alarm = { at, cancel };
  }

  #take(messages: readonly InboxMessage[]): void {
    for (const message of messages) {
      if (this.#isOver || this.#taken.has(message.id)) continue;
      this.#taken.add(message.id);
      const events = eventsOf(this.#writer.state, message, this.#context(), this.#parts.host.log);
      this.#writer.record(events);
      this.#writer.consume(message.id);
    }
    this.#pump();
  }

  readonly #stop = () => {
    this.#isStopping = true;
    const { host } = this.#parts;
    this.#grace = host.clock.at(host.clock.now() + GRACE_MS, () => {
      this.#effects.abortAll("the process is stopping");
      this.#end("stopped");
    });
    this.#pump();
  };

  /** A listener that throws is at fault itself; the run is not. */
  #tell(events: readonly Recorded[]): void {
    const { host, options } = this.#parts;
    try {
      options.listener?.(this.#writer.state.id, events);
    } catch (error) {
      host.log.error(`a listener failed: ${(error as Error).message}`);
    }
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #end(how: DriveEnd | Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#watch.stop();
    this.#alarm?.cancel();
    this.#grace?.();
    this.#parts.slots.forget(this.#pumpSoon);
    this.#parts.options.signal?.removeEventListener("abort", this.#stop);
    this.#effects.abortAll("the run is no longer driven here");
    if (how instanceof Error) this.#fail(how);
    else this.#finish(how);
  }
}

function hasReadyEffects(state: RunState): boolean {
  return state.readyEffects.size > 0 || state.phase === "rollback";
}
