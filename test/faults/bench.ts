import fs from "node:fs";
import path from "node:path";
import { hostOf, sha256, stderrLogger } from "../../src/app/host.js";
import { decide } from "../../src/app/people.js";
import type { LoadedDefinition } from "../../src/app.js";
import { type Config, identify } from "../../src/config.js";
import type { Event } from "../../src/core/event.js";
import type { JsonObject } from "../../src/core/json.js";
import type { Plan } from "../../src/core/plan.js";
import { Engine } from "../../src/engine/engine.js";
import type { Store } from "../../src/engine/ports.js";
import type { EffectStageType, Plugin, StageContext, StageType } from "../../src/plugin/api.js";
import { Registry } from "../../src/plugin/registry.js";
import { memoryStore } from "../../src/store/memory/store.js";
import type { Decide } from "../definitions/routes.js";
import { NOON } from "../support/context.js";
import { StepClock } from "../support/host.js";

/** A definition with what it is given and what people decide. */
export interface Case {
  readonly config: Config;
  readonly plugins: readonly Plugin[];
  readonly definition: LoadedDefinition;
  readonly inputs: JsonObject;
  readonly decide: readonly Decide[];
  /** What it comes to on a day without a fault. */
  readonly status: string;
}

/** What befalls one run. */
export interface Day {
  /** Asked before an effect; what it throws is the attempt's failure. */
  readonly before?: (context: StageContext) => void;
  /** Asked when an effect is done: true kills the process before anything is written of it. */
  readonly diesAfter?: (context: StageContext) => boolean;
  /** The process dies when this commit (from 1) is on disk. */
  readonly diesAtCommit?: number;
}

/** What became of the run, and all that was done for it. */
export interface Came {
  readonly status: string;
  readonly error: string | null;
  readonly outcomes: Readonly<Record<string, string>>;
  readonly events: readonly Event[];
  readonly effects: readonly { readonly stage: string; readonly key: string }[];
  readonly commits: number;
  readonly deaths: number;
  readonly stillAsked: number;
}

interface Mortal {
  readonly isDead: boolean;
  readonly died: Promise<"died">;
}

/** What waits for a write of a dead process is over, or whoever takes the run up could not tell when it is alone. */
function mortal(context: StageContext, process: Mortal): StageContext {
  const dead = process.died.then(() => {
    throw new Error("its process is dead");
  });
  dead.catch(() => {});
  const record: StageContext["record"] = (...step) => Promise.race([context.record(...step), dead]);
  return new Proxy(context, { get: (whole, name) => (name === "record" ? record : Reflect.get(whole, name)) });
}

const NEVER = new Promise<never>(() => {});

/** Time stands still; nobody but the test sends messages, so nothing need be looked for. */
class StillClock extends StepClock {
  override every(): () => void {
    return () => {};
  }
}

/** Runs a case from its start to where it rests, with real plugins and real files, through the day given. */
export async function live(one: Case, day: Day = {}): Promise<Came> {
  fs.rmSync(path.join(one.config.project, ".stagecraft"), { recursive: true, force: true });
  const bench = new Bench(one, day);
  const run = await bench.begin();
  await bench.drive(run);
  return bench.cameOf(run);
}

class Bench {
  readonly #case: Case;
  readonly #day: Day;
  readonly #store = memoryStore();
  readonly #clock = new StillClock();
  readonly #effects: { stage: string; key: string }[] = [];
  #commits = 0;
  #deaths = 0;
  #running = 0;
  #engine!: Engine;
  #died!: Promise<"died">;

  constructor(one: Case, day: Day) {
    this.#case = one;
    this.#day = day;
    this.#clock.set(NOON);
    this.#hire();
  }

  async begin(): Promise<string> {
    const { definition, inputs } = this.#case;
    const plan = definition.reading.plan as Plan;
    const { id, version } = plan.workflow;
    const hash = sha256(JSON.stringify(plan));
    const kept = { hash, id, version, source: definition.text, plan, at: NOON };
    return (await this.#engine.start(kept, { inputs, by: "ann" })).run.id;
  }

  async drive(run: string): Promise<void> {
    const decisions = [...this.#case.decide];
    for (;;) {
      const end = await Promise.race([this.#engine.drive(run, { patience: 0 }), this.#died]);
      if (end === "died") {
        while (this.#running > 0) await new Promise(setImmediate);
        this.#hire();
        continue;
      }
      if (end !== "waiting") return;
      const open = await this.#store.listApprovals({ run, status: ["open"] });
      const next = decisions.find(({ stage }) => open.some((row) => row.stage === stage));
      const row = open.find(({ stage }) => stage === next?.stage);
      const wakeAt = (await this.#store.getRun(run))?.wakeAt ?? null;
      if (next !== undefined && row !== undefined) {
        decisions.splice(decisions.indexOf(next), 1);
        const by = identify(this.#case.config, next.by);
        await decide(this.#store, row.id, { by, outcome: next.outcome }, () => this.#clock.now());
      } else if (wakeAt === null) return;
      else this.#clock.set(wakeAt);
    }
  }

  async cameOf(run: string): Promise<Came> {
    const row = await this.#store.getRun(run);
    const events = (await this.#store.readEvents(run)).map(({ event }) => event);
    const ends = events.filter((event) => event.type === "stageEnded");
    return {
      status: row?.status ?? "gone",
      error: row?.error?.message ?? null,
      outcomes: Object.fromEntries(ends.map(({ stage, outcome }) => [stage, outcome])),
      events,
      effects: this.#effects,
      commits: this.#commits,
      deaths: this.#deaths,
      stillAsked: (await this.#store.listApprovals({ run, status: ["open"] })).length,
    };
  }

  /** A new process; the one before it is dead, and everybody knows. */
  #hire(): void {
    let die = () => {};
    const died = new Promise<"died">((resolve) => {
      die = () => resolve("died");
    });
    this.#died = died;
    const process = { isDead: false, died };
    const kill = () => {
      if (process.isDead) return;
      process.isDead = true;
      this.#deaths += 1;
      die();
    };
    const registry = new Registry(this.#case.plugins.map((plugin) => this.#watched(plugin, process, kill)));
    const owner = { name: `process${this.#deaths}`, isDead: () => true };
    const store = this.#mortal(process, kill);
    const host = hostOf(this.#case.config, { get: async () => undefined }, store, registry, {
      ...stderrLogger,
      warn() {},
    });
    this.#engine = new Engine({ ...host, clock: this.#clock, owner });
  }

  #mortal(process: Mortal, kill: () => void): Store {
    const methods = Object.entries(this.#store).map(([name, method]) => {
      const action = method as (...given: unknown[]) => Promise<unknown>;
      const call = async (...given: unknown[]) => {
        if (process.isDead) return NEVER;
        const result = await action(...given);
        if (name === "commit" && ++this.#commits === this.#day.diesAtCommit) kill();
        return process.isDead ? NEVER : result;
      };
      return [name, call];
    });
    return Object.fromEntries(methods) as unknown as Store;
  }

  #watched(plugin: Plugin, process: Mortal, kill: () => void): Plugin {
    const watch = (type: StageType): StageType => {
      if (type.kind !== "effect") return type;
      const run: EffectStageType["run"] = async (input, context) => {
        if (process.isDead) return NEVER;
        this.#effects.push({ stage: context.run.stage, key: context.idempotencyKey });
        this.#day.before?.(context);
        this.#running += 1;
        const result = await type.run(input, mortal(context, process)).finally(() => {
          this.#running -= 1;
        });
        if (this.#day.diesAfter?.(context)) kill();
        return process.isDead ? NEVER : result;
      };
      return { ...type, run };
    };
    return plugin.stages === undefined ? plugin : { ...plugin, stages: plugin.stages.map(watch) };
  }
}
