import { createHash } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import { StageError } from "../../src/core/errors.js";
import type { Json, JsonObject, JsonSchema } from "../../src/core/json.js";
import type { Plan } from "../../src/core/plan.js";
import type { Engine } from "../../src/engine/engine.js";
import type { Clock, Host, Owner, Store, StoredDefinition } from "../../src/engine/ports.js";
import type { StageContext, StageType } from "../../src/plugin/api.js";
import { Registry } from "../../src/plugin/registry.js";
import { memoryStore } from "../../src/store/memory/store.js";

/** Time that moves only when a test says so. */
export class StepClock implements Clock {
  #now = 1_000_000;
  #alarms: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  at(at: number, wake: () => void): () => void {
    const alarm = { at, wake };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** In real time: a test that holds the time still must be heard all the same. */
  every(interval: number, tick: () => void): () => void {
    const timer = setInterval(tick, interval);
    return () => clearInterval(timer);
  }

  /** Sets the time, also backwards; what is due is called in order. */
  set(now: number): void {
    this.#now = now;
    const due = this.#alarms.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    this.#alarms = this.#alarms.filter(({ at }) => at > now);
    for (const { wake } of due) wake();
  }

  /** The next alarm, or undefined. */
  get next(): number | undefined {
    return this.#alarms.length === 0 ? undefined : Math.min(...this.#alarms.map(({ at }) => at));
  }
}

/** One attempt of a scripted stage, answered by the test when it wants. */
export interface Attempt {
  readonly stage: string;
  readonly input: JsonObject;
  readonly context: StageContext;
  succeed(outputs?: JsonObject): void;
  fail(code: string, options?: { retryable?: boolean }): void;
}

const ANY: JsonSchema = { type: "object" };

/** Effects of type `work`: by default they succeed at once; after `hold()` each waits for the test. */
export class Stage {
  readonly attempts: Attempt[] = [];
  /** In flight now, and ever at once. */
  inFlight = 0;
  widest = 0;
  #isHolding = false;
  #waiters: ((attempt: Attempt) => void)[] = [];
  #arrived: Attempt[] = [];
  answer: (attempt: { stage: string; input: JsonObject; context: StageContext }) => JsonObject | Promise<JsonObject> =
    () => ({});

  hold(): this {
    this.#isHolding = true;
    return this;
  }

  /** The next attempt to arrive; attempts are given out in the order of their coming. */
  next(): Promise<Attempt> {
    const arrived = this.#arrived.shift();
    return arrived === undefined ? new Promise((resolve) => this.#waiters.push(resolve)) : Promise.resolve(arrived);
  }

  get type(): StageType {
    const run = async (input: JsonObject, context: StageContext) => {
      this.inFlight += 1;
      this.widest = Math.max(this.widest, this.inFlight);
      try {
        const outputs = this.#isHolding ? await this.#ask(input, context) : await this.#reply(input, context);
        return { outputs };
      } finally {
        this.inFlight -= 1;
      }
    };
    return {
      name: "work",
      kind: "effect",
      title: "Work",
      description: "A scripted effect.",
      input: ANY,
      output: ANY,
      run,
    };
  }

  async #reply(input: JsonObject, context: StageContext): Promise<JsonObject> {
    const attempt = { stage: context.run.stage, input, context };
    this.attempts.push({ ...attempt, succeed() {}, fail() {} });
    return this.answer(attempt);
  }

  #ask(input: JsonObject, context: StageContext): Promise<JsonObject> {
    return new Promise((resolve, reject) => {
      const attempt: Attempt = {
        stage: context.run.stage,
        input,
        context,
        succeed: (outputs = {}) => resolve(outputs),
        fail: (code, options) => reject(new StageError(code, code, options)),
      };
      this.attempts.push(attempt);
      const waiter = this.#waiters.shift();
      if (waiter === undefined) this.#arrived.push(attempt);
      else waiter(attempt);
    });
  }
}

export interface TestHost extends Host {
  readonly clock: StepClock;
}

const alive: Owner = { name: "test/1", isDead: () => false };
let runs = 0;

export function testHost(types: readonly StageType[], more: Partial<Host> = {}): TestHost {
  const ajv = new Ajv2020({ strict: false });
  return {
    store: memoryStore(),
    clock: new StepClock(),
    registry: new Registry([{ name: "test", version: "1.0.0", apiVersion: 1, stages: types }]),
    secrets: { get: async (name) => (name === "TOKEN" ? "s3cret-token" : undefined) },
    owner: alive,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    concurrency: 1_000,
    validate: (schema, value) => (ajv.validate(schema, value) ? undefined : ajv.errorsText()),
    newId: () => `run${++runs}`,
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
    file: (path) => path,
    env: () => undefined,
    ...more,
  } as TestHost;
}

export function stored(plan: Plan): StoredDefinition {
  const hash = createHash("sha256").update(JSON.stringify(plan)).digest("hex");
  return { hash, id: plan.workflow.id, version: plan.workflow.version, source: "", plan, at: 0 };
}

/** Creates a run of `plan` and returns its id. */
export async function begin(engine: Engine, plan: Plan, inputs: JsonObject = {}): Promise<string> {
  const { run } = await engine.start(stored(plan), { inputs, by: "test" });
  return run.id;
}

/** Lets everything that can happen without time passing happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

/** Stages with their outcomes, as the journal has them; a second success of one stage is a failure of the test. */
export async function journalOf(store: Store, run: string): Promise<Record<string, Json>> {
  const outcomes: Record<string, Json> = {};
  for (const { event } of await store.readEvents(run)) {
    if (event.type !== "stageEnded") continue;
    if (outcomes[event.stage] === "succeeded") throw new Error(`${event.stage} succeeded twice`);
    outcomes[event.stage] = event.outcome;
  }
  return outcomes;
}
