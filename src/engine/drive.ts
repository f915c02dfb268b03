import type { Command } from "../core/command.js";
import { decide } from "../core/decide.js";
import { bug } from "../core/errors.js";
import type { Context } from "../core/evaluate.js";
import type { Recorded } from "../core/event.js";
import { isPending } from "../core/nudge.js";
import { approvalExpired } from "../core/outside.js";
import { recover } from "../core/recover.js";
import type { Notice, StageState } from "../core/state.js";
import { earlier, nextWake } from "../core/timers.js";
import { Alarm } from "./alarm.js";
import { approvalId } from "./approvals.js";
import type { InFlight } from "./attempt.js";
import { attemptEnded } from "./attempt-ended.js";
import type { AttemptEnd } from "./away/news.js";
import { Orders } from "./away/orders.js";
import type { DriveEnd, DriveParts } from "./drive-parts.js";
import { Effects, type Flights } from "./effects.js";
import { discreet, handedOver } from "./hand-over.js";
import { eventsOf } from "./inbox.js";
import { Limits, STARTABLE } from "./limits.js";
import { tellApprovers } from "./notices.js";
import type { InboxMessage } from "./ports.js";
import { evaluateStage } from "./pure.js";
import { Watch } from "./watch.js";
import { RunWriter } from "./writer.js";

/** How long effects in flight may take to end when asked to stop: milliseconds. */
const GRACE_MS = 5_000;
/** Commands between two turns of the event loop: a long chain of pure stages must not starve it. */
const BURST = 500;

/** Drives one run while this process holds its lease: decide → record → perform. */
export class Drive {
  readonly #parts: DriveParts;
  readonly #writer: RunWriter;
  readonly #effects: Flights;
  readonly #limits: Limits;
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
  readonly #alarm: Alarm;
  #grace: (() => void) | undefined;
  #finish: (end: DriveEnd) => void = () => {};
  #fail: (error: Error) => void = () => {};

  constructor(parts: DriveParts) {
    this.#parts = parts;
    const { host, lease, state, turns, options } = parts;
    this.#alarm = new Alarm(host.clock, this.#pumpSoon);
    this.#writer = new RunWriter(parts, {
      recorded: (event) => {
        this.#effects.notice(event);
        this.#limits.notice(event);
      },
      durable: (events) => {
        host.tracer?.heard(state, events);
        this.#tell(events);
      },
      lost: (error) => this.#end(error ?? "lost"),
      isBusy: () => !this.#isIdle,
      parkedUntil: () => this.#limits.parkedUntil,
    });
    const { slots } = parts;
    this.#effects =
      slots === undefined
        ? new Orders(state, this.#writer)
        : new Effects({ ...parts, slots }, this.#writer, {
            ended: (flight, end) => this.#attemptEnded(flight, end),
            released: this.#pumpSoon,
            progress: (stage, message) => options.progress?.(stage, message),
            tool: (stage, workflow) => discreet(parts, workflow, parts.tool(state, stage, workflow)),
            spawn: (stage, inputs) => parts.spawn(state, stage, handedOver(parts, stage.plan.calls, inputs), options),
          });
    this.#limits = new Limits({ host, turns, lease, isAway: slots === undefined }, this.#writer, {
      changed: this.#pumpSoon,
      failed: (error) => this.#end(error),
    });
    this.#watch = new Watch(host, lease, this.#writer, {
      messages: (messages) => this.#guard(() => this.#take(messages)),
      lost: () => this.#end("lost"),
      failed: (error) => this.#end(error),
    });
  }

  /** Resolves when the run ended, is paused, waits longer than the patience, or is no longer ours. */
  run(): Promise<DriveEnd> {
    const { options, missed, isTakenOver } = this.#parts;
    if (missed.length > 0) this.#tell(missed);
    return new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
      options.signal?.addEventListener("abort", this.#stop, { once: true });
      if (this.#effects.elsewhere === 0 || isTakenOver)
        this.#guard(() => this.#writer.record(recover(this.#writer.state, this.#context())));
      this.#watch.start();
      if (options.signal?.aborted) this.#stop();
      const ready = Promise.all([this.#watch.read(), this.#limits.begin()]);
      void ready.then(this.#pumpSoon, (error: Error) => this.#end(error));
    });
  }

  #context(): Context {
    const { host, secrets } = this.#parts;
    return { now: host.clock.now(), validate: host.validate, secrets, admitted: this.#limits.admitted };
  }

  /** Acts until nothing can be done now. */
  #pump(): void {
    if (this.#isPumping || this.#isOver) return;
    this.#isPumping = true;
    try {
      this.#burst();
    } catch (error) {
      this.#end(error as Error);
    }
    this.#isPumping = false;
  }

  #burst(): void {
    this.#isIdle = false;
    this.#limits.wakeDue();
    let context = this.#context();
    for (let burst = 0; !this.#isStopping && !this.#isOver; burst++) {
      if (burst === BURST) {
        setImmediate(this.#pumpSoon);
        return;
      }
      const command = decide(this.#writer.state, context, this.#effects.free);
      if (command === undefined) break;
      this.#execute(command);
      // Only what runs at once takes time worth a look at the clock.
      if (command.kind === "evaluate") context = this.#context();
    }
    this.#rest();
  }

  #execute(command: Command): void {
    switch (command.kind) {
      case "record":
        return this.#writer.record(command.events);
      case "admit":
        return this.#limits.ask(command);
      case "perform":
        return this.#effects.perform(command);
      case "evaluate":
        return this.#evaluate(command.stage, command.input);
      case "expire":
        return this.#beside(() => this.#expire(command.stage, command.outcome));
      case "notify":
        return this.#beside(() => this.#notify(command.notice));
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
      const isCurrent = STARTABLE.has(stage.status);
      this.#guard(() => (isCurrent ? this.#writer.record(later(this.#context())) : undefined));
      this.#pump();
    });
  }

  #attemptEnded({ stage, isUndo }: InFlight, end: AttemptEnd): void {
    this.#guard(() => {
      this.#writer.record(attemptEnded(this.#writer.state, stage, isUndo, end, this.#context()));
    });
  }

  /** The approvals list says who came first: the clock or a person. */
  async #expire(stage: StageState, outcome: string): Promise<void> {
    const [{ host }, { state }] = [this.#parts, this.#writer];
    const id = approvalId(host.sha256, state.id, stage);
    const isExpired = await host.store.expireApproval(id, host.clock.now());
    if (isExpired) this.#guard(() => this.#writer.record(approvalExpired(state, stage, outcome, this.#context())));
    else await this.#watch.read();
  }

  async #notify(notice: Notice): Promise<void> {
    const told = await tellApprovers(this.#parts.host, this.#parts.outward, this.#writer.state, notice);
    if (isPending(notice)) this.#guard(() => this.#writer.record([told]));
  }

  /** Work beside the stages, once all that is recorded is on disk: nobody may hear of what could still be lost. */
  #beside(work: () => Promise<void>): void {
    this.#evaluating += 1;
    const durable = new Promise<boolean>((resolve) => this.#writer.afterDurable(resolve));
    void durable
      .then((isKept) => (isKept ? work() : undefined))
      .catch((error: Error) => this.#end(error))
      .finally(() => {
        this.#evaluating -= 1;
        this.#pump();
      });
  }

  /** Nothing can be done now: sleep until something comes, or let go of the run. */
  #rest(): void {
    const { host, options } = this.#parts;
    const state = this.#writer.state;
    const isElsewhere = this.#effects.elsewhere > 0;
    if (this.#isOver) return;
    if (this.#effects.size > 0 || this.#evaluating > 0 || this.#limits.isBusy)
      return this.#setAlarm(earlier(nextWake(state), this.#limits.nextAsk(Number.POSITIVE_INFINITY)));
    const hasReadyEffects = state.readyEffects.size > 0 || state.phase === "rollback";
    const needsSlot = this.#effects.free <= 0 && state.paused === null && hasReadyEffects;
    // Whoever reads the list must not leave a run to itself that could go on: not one that is stopped here, nor this.
    this.#isIdle = !needsSlot && !isElsewhere && !this.#isStopping;
    if (needsSlot && !isElsewhere && !this.#isStopping && state.phase !== "ended") {
      this.#parts.slots?.await(this.#pumpSoon);
      return this.#setAlarm(nextWake(state));
    }
    if (!this.#writer.isDurable) return this.#writer.afterDurable(this.#pumpSoon);
    if (state.phase === "ended") return this.#end("ended");
    if (this.#isStopping) return this.#end("stopped");
    if (!this.#writer.isTold) {
      this.#writer.tell();
      return this.#writer.afterDurable(this.#pumpSoon);
    }
    if (state.paused !== null) return this.#end("paused");
    const wake = nextWake(state);
    const soon = wake !== null && wake <= host.clock.now() + options.patience ? wake : null;
    const next = earlier(soon, this.#limits.nextAsk(options.patience));
    if (next !== null) return this.#setAlarm(next);
    if (wake === null && state.waits.size === 0 && this.#limits.isEmpty && !isElsewhere)
      throw bug(`run ${state.id} is stuck: nothing in flight, nothing to decide`);
    this.#end("waiting");
  }

  #setAlarm(at: number | null): void {
    // While stopping nothing is decided, so a time that has come would be woken up to for ever.
    if (at !== null && !this.#isStopping) this.#alarm.set(at);
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
    this.#limits.end();
    this.#alarm.cancel();
    this.#grace?.();
    this.#parts.slots?.forget(this.#pumpSoon);
    this.#parts.options.signal?.removeEventListener("abort", this.#stop);
    this.#effects.abortAll("the run is no longer driven here");
    if (how instanceof Error) this.#fail(how);
    else this.#finish(how);
  }
}
