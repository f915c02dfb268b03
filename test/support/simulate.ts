import { apply, fold } from "../../src/core/apply.js";
import type { Command } from "../../src/core/command.js";
import { decide } from "../../src/core/decide.js";
import type { Failure } from "../../src/core/errors.js";
import type { Context } from "../../src/core/evaluate.js";
import type { Event, Waiting } from "../../src/core/event.js";
import type { JsonObject } from "../../src/core/json.js";
import { approvalExpired } from "../../src/core/outside.js";
import type { Plan } from "../../src/core/plan.js";
import { enqueue } from "../../src/core/scope.js";
import { failed, succeeded } from "../../src/core/settle.js";
import type { RunState, StageState } from "../../src/core/state.js";
import { nextWake, undoFailed } from "../../src/core/timers.js";

/** How a scripted try ends; `hang` leaves it in flight until something stops it. */
export type Answer =
  /** `after`: milliseconds of virtual time it takes. */
  | { readonly outputs?: JsonObject; readonly outcome?: string; readonly after?: number }
  | { readonly fail: string; readonly retryable?: boolean; readonly retryAfter?: number }
  | "hang";

export interface Call {
  readonly path: string;
  readonly attempt: number;
  readonly input: JsonObject;
  readonly isUndo: boolean;
}

export interface Script {
  /** Effects and pure stages; the default is success without outputs. */
  readonly work?: (call: Call) => Answer | undefined;
  /** What a waiting stage waits for; the default is a person who never comes. */
  readonly wait?: (path: string, input: JsonObject, now: number) => Waiting;
  /** Called when nothing can be done now: events from outside, or undefined when there is nothing more to say. */
  readonly outside?: (state: RunState, context: Context) => readonly Event[] | undefined;
  readonly inputs?: JsonObject;
  readonly slots?: number;
}

interface Flight {
  readonly stage: StageState;
  readonly call: Call;
  readonly answer: Answer;
  /** When its answer comes. */
  readonly due: number;
}

/** The pure core driven in one thread on virtual time, effects answered by a script. */
export class Simulation {
  readonly events: Event[] = [];
  /** How many events there were after each batch: facts recorded together reach the disk together. */
  readonly batches: number[] = [];
  readonly calls: Call[] = [];
  readonly state: RunState;
  now = 1_000;
  /** Effects in flight at most, ever. */
  widest = 0;
  readonly #script: Script;
  readonly #admitted = new Set<string>();
  readonly #inFlight = new Map<string, Flight>();

  constructor(plan: Plan, script: Script = {}, earlier: readonly Event[] = []) {
    this.#script = script;
    const first: Event = {
      type: "runStarted",
      at: this.now,
      run: "run1",
      inputs: script.inputs ?? {},
      by: "test",
      definition: "d",
    };
    this.events.push(...(earlier.length > 0 ? earlier : [first]));
    this.now = Math.max(...this.events.map((event) => event.at));
    this.state = fold(plan, this.events);
  }

  get context(): Context {
    return { now: this.now, validate: validateType, secrets: { TOKEN: "s3cret-token" }, admitted: this.#admitted };
  }

  record(events: readonly Event[]): void {
    for (const event of events) {
      apply(this.state, event);
      this.events.push(event);
      if ("stage" in event && event.stage !== undefined && !KEEPS_FLIGHT.has(event.type))
        this.#inFlight.delete(event.stage);
    }
    this.batches.push(this.events.length);
  }

  /** Runs until the run ends or nothing more can happen. `steps` bounds how many commands and answers that takes. */
  run(steps = 100_000): this {
    for (let step = 0; step < steps && this.state.phase !== "ended"; step++) {
      const slots = (this.#script.slots ?? 1_000) - this.#inFlight.size;
      const command = decide(this.state, this.context, slots);
      if (command !== undefined) this.#execute(command);
      else if (!this.#answerOne() && !this.#hearOutside() && !this.#sleep()) return this;
    }
    return this;
  }

  /** Outcome of every stage instance, by path. */
  get outcomes(): Record<string, string> {
    return Object.fromEntries(
      [...this.state.stages.values()].map(({ path, outcome, status }) => [path, outcome ?? status]),
    );
  }

  /** Paths in the order their effects started. */
  get order(): string[] {
    return this.calls.map(({ path }) => path);
  }

  #execute(command: Command): void {
    switch (command.kind) {
      case "record":
        return this.record(command.events);
      case "admit": {
        this.#admitted.add(command.stage.path);
        return enqueue(this.state, command.stage);
      }
      case "expire":
        return this.record(approvalExpired(this.state, command.stage, command.outcome, this.context));
      case "evaluate": {
        const { stage, input } = command;
        if (stage.plan.kind === "wait") {
          const waiting = this.#script.wait?.(stage.path, input, this.now) ?? { approval: someone };
          return this.record([{ type: "stageWaiting", at: this.now, stage: stage.path, waiting }]);
        }
        const call = { path: stage.path, attempt: stage.attempts + 1, input, isUndo: false };
        return this.#end(stage, call, this.#script.work?.(call) ?? {});
      }
      case "perform": {
        const { stage, attempt, input, isUndo, started } = command;
        const call = { path: stage.path, attempt, input, isUndo };
        this.record([started]);
        this.calls.push(call);
        const answer = this.#script.work?.(call) ?? {};
        const after = answer !== "hang" && "after" in answer ? (answer.after ?? 0) : 0;
        this.#inFlight.set(stage.path, { stage, call, answer, due: this.now + after });
        this.widest = Math.max(this.widest, this.#inFlight.size);
      }
    }
  }

  #answerOne(): boolean {
    for (const [path, { stage, call, answer, due }] of this.#inFlight) {
      if (answer === "hang" || due > this.now) continue;
      this.#inFlight.delete(path);
      this.#end(stage, call, answer);
      return true;
    }
    return false;
  }

  #end(stage: StageState, call: Call, answer: Answer): void {
    if (answer === "hang") throw new Error("a pure stage cannot hang");
    if ("fail" in answer) {
      const { fail: code, retryable = false, retryAfter } = answer;
      const failure: Failure = { code, message: code, retryable, ...(retryAfter === undefined ? {} : { retryAfter }) };
      const { state, context } = this;
      return this.record(
        call.isUndo ? undoFailed(state, stage, failure, context) : failed(state, stage, failure, context),
      );
    }
    if (call.isUndo) return this.record([{ type: "compensated", at: this.now, stage: stage.path }]);
    this.record(succeeded(this.state, stage, { outputs: answer.outputs ?? {}, outcome: answer.outcome }, this.context));
  }

  #hearOutside(): boolean {
    const events = this.#script.outside?.(this.state, this.context);
    if (events === undefined || events.length === 0) return false;
    this.record(events);
    return true;
  }

  #sleep(): boolean {
    const dues = [...this.#inFlight.values()].filter(({ answer }) => answer !== "hang").map(({ due }) => due);
    const wake = Math.min(nextWake(this.state) ?? Number.POSITIVE_INFINITY, ...dues);
    if (wake === Number.POSITIVE_INFINITY) return false;
    this.now = Math.max(this.now, wake);
    return true;
  }
}

const KEEPS_FLIGHT = new Set(["stageStarted", "stepRecorded", "compensationStarted"]);

const someone = {
  title: "t",
  approvers: ["someone"],
  forbid: [],
  quorum: { approve: 1, reject: 1 },
  outcomes: ["approved", "rejected"],
};

/** Only `type` is looked at: schemas are the definition room's business. */
function validateType(schema: JsonObject, value: unknown): string | undefined {
  const wanted = schema["type"];
  if (wanted === undefined) return undefined;
  const found = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
  return found === wanted ? undefined : `is ${found}, not ${String(wanted)}`;
}
