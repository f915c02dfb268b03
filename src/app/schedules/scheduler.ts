import { StagecraftError } from "../../core/errors.js";
import { evaluateAll } from "../../core/evaluate.js";
import type { JsonObject } from "../../core/json.js";
import type { CronTrigger, TriggerPlan } from "../../core/plan.js";
import { dueTimes } from "../../core/schedule.js";
import { nearest } from "../../core/suggest.js";
import type { RunRow, ScheduleRow, Store } from "../../engine/ports.js";
import type { Logger } from "../../plugin/api.js";
import type { LoadedDefinition } from "../definitions.js";
import { isEnded } from "../runs.js";
import type { Started } from "../start.js";
import { arrivals } from "./files.js";
import type { Found, FoundTrigger } from "./found.js";
import { specOf, timesOf } from "./times.js";

/** What a trigger starts a run with. */
export interface Triggered {
  readonly inputs: JsonObject;
  readonly trigger: JsonObject;
  /** The same for every process and after every crash: one run a time, or a file. */
  readonly idempotencyKey: string;
  readonly by: string;
}

export interface SchedulerHost {
  readonly store: Store;
  readonly project: string;
  readonly log: Logger;
  find(): Promise<Found>;
  start(definition: LoadedDefinition, triggered: Triggered): Promise<Started>;
}

/** One trigger with how it stands. */
export interface Schedule extends FoundTrigger {
  readonly row: ScheduleRow;
  /** It is not kept so yet: the trigger is new, or says other times than before. */
  readonly isNew: boolean;
}

/** Later than this and the run is told that it is late: milliseconds. */
const LATE_MS = 60_000;

/** Starts the runs whose time has come. Any number of processes may do so at once: each time starts one run. */
export class Scheduler {
  readonly #host: SchedulerHost;
  readonly #seen = new Set<string>();
  readonly #told = new Set<string>();

  constructor(host: SchedulerHost) {
    this.#host = host;
  }

  /** Every trigger of the project; one that was never looked at stands at the next of its times. */
  async schedules(now: number): Promise<readonly Schedule[]> {
    const { triggers, broken } = await this.#host.find();
    for (const { file, errors } of broken) this.#tell(`${file} has ${errors} errors: its triggers do not fire`);
    const rows = new Map((await this.#host.store.listSchedules()).map((row) => [row.id, row]));
    return triggers.map((found) => ({ ...found, ...standing(found, rows.get(found.id), now) }));
  }

  /** Starts what is due and says which runs; what cannot start is logged, kept with the schedule and not tried again. */
  async tick(now: number): Promise<readonly RunRow[]> {
    const started: RunRow[] = [];
    for (const schedule of await this.schedules(now)) {
      if (schedule.row.pausedBy !== null) continue;
      const { trigger } = schedule;
      started.push(
        ...(trigger.kind === "cron" ? await this.#byClock(schedule, trigger, now) : await this.#byFile(schedule, now)),
      );
    }
    return started;
  }

  /** The next times by the clock, the soonest first; with `only`, of that schedule or workflow. */
  async upcoming(now: number, count: number, only?: string): Promise<readonly { id: string; at: number }[]> {
    const schedules = await this.schedules(now);
    const wanted = schedules.filter(({ id }) => only === undefined || id === only || id.startsWith(`${only}/`));
    if (only !== undefined && wanted.length === 0) throw unknown(only, schedules);
    const times = wanted.flatMap(({ id, trigger, row }) => {
      if (trigger.kind !== "cron" || row.pausedBy !== null) return [];
      const next = timesOf(trigger);
      const found: { id: string; at: number }[] = [];
      for (let at = next(now); at !== null && found.length < count; at = next(at)) found.push({ id, at });
      return found;
    });
    return times.sort((a, b) => a.at - b.at).slice(0, count);
  }

  /** @throws StagecraftError `unknown-schedule` */
  async pause(id: string, by: string, now: number): Promise<Schedule> {
    return this.#change(id, now, (row) => ({ ...row, pausedBy: by }));
  }

  /** From the next of its times on. @throws StagecraftError `unknown-schedule` */
  async resume(id: string, now: number): Promise<Schedule> {
    return this.#change(id, now, (row, { trigger }) => {
      return row.pausedBy === null ? row : { ...row, pausedBy: null, nextAt: nextTime(trigger, now) };
    });
  }

  async #change(
    id: string,
    now: number,
    change: (row: ScheduleRow, found: FoundTrigger) => ScheduleRow,
  ): Promise<Schedule> {
    for (;;) {
      const schedules = await this.schedules(now);
      const schedule = schedules.find((one) => one.id === id);
      if (schedule === undefined) throw unknown(id, schedules);
      const row = change(schedule.row, schedule);
      if (await this.#host.store.saveSchedule(row)) return { ...schedule, row };
    }
  }

  async #byClock(schedule: Schedule, trigger: CronTrigger, now: number): Promise<readonly RunRow[]> {
    const { row, isNew } = schedule;
    const { overlap, catchup } = trigger;
    const isBusy = row.lastRun !== null && !(await this.#hasEnded(row.lastRun));
    const due = dueTimes({ nextAt: row.nextAt, now, overlap, catchup, isBusy }, timesOf(trigger));
    const runs: RunRow[] = [];
    let next: ScheduleRow = { ...row, nextAt: due.nextAt };
    for (const at of due.fire) {
      const time = new Date(at).toISOString();
      const told = { kind: trigger.kind, id: trigger.id, time, late: now - at > LATE_MS };
      const started = await this.#start(schedule, told, time, now);
      next = after(next, at, started);
      if ("run" in started && started.created) runs.push(started.run);
    }
    // The runs are there before the schedule moves on: whoever comes after a crash in between finds them by their key.
    const isNews = isNew || due.fire.length > 0 || due.nextAt !== row.nextAt;
    if (isNews) await this.#host.store.saveSchedule(next);
    return runs;
  }

  async #byFile(schedule: Schedule, now: number): Promise<readonly RunRow[]> {
    const { trigger, row, id } = schedule;
    if (trigger.kind !== "file") return [];
    const runs: RunRow[] = [];
    let next = row;
    for (const { key, trigger: facts } of arrivals(this.#host.project, trigger.file, now)) {
      if (this.#seen.has(`${id} ${key}`)) continue;
      const started = await this.#start(schedule, { kind: trigger.kind, id: trigger.id, ...facts }, key, now);
      this.#seen.add(`${id} ${key}`);
      // After a restart every file is met again; those that have their run are no news.
      if ("run" in started && !started.created) continue;
      next = after(next, now, started);
      if ("run" in started) runs.push(started.run);
    }
    if (next !== row || schedule.isNew) await this.#host.store.saveSchedule(next);
    return runs;
  }

  /** The run of this time or file, started now or before; or why it cannot be. Faults of the store are thrown. */
  async #start(
    { id, definition, trigger }: Schedule,
    told: JsonObject,
    key: string,
    now: number,
  ): Promise<Started | Error> {
    try {
      const names = (name: string) => (name === "trigger" ? told : undefined);
      const context = { now, validate: () => undefined, secrets: {} };
      const inputs = evaluateAll(trigger.inputs, names, context, "inputs");
      const idempotencyKey = `trigger ${id} ${key}`;
      return await this.#host.start(definition, { inputs, trigger: told, idempotencyKey, by: `trigger:${id}` });
    } catch (error) {
      if (!(error instanceof Error) || (error instanceof StagecraftError && error.kind === "environment")) throw error;
      this.#host.log.error(`${id} could not start a run for ${key}: ${error.message}`);
      return error;
    }
  }

  async #hasEnded(run: string): Promise<boolean> {
    const row = await this.#host.store.getRun(run);
    return row === undefined || isEnded(row);
  }

  /** Once, not at every look. */
  #tell(message: string): void {
    if (this.#told.has(message)) return;
    this.#told.add(message);
    this.#host.log.warn(message);
  }
}

/** How a trigger stands: as kept, or from its next time on where it is new or says other times than before. */
function standing({ id, trigger }: FoundTrigger, kept: ScheduleRow | undefined, now: number) {
  const spec = trigger.kind === "cron" ? specOf(trigger) : trigger.file;
  if (kept?.spec === spec) return { row: kept, isNew: false };
  const fresh = { id, lastAt: null, lastRun: null, lastError: null, pausedBy: null, version: 0 };
  return { row: { ...(kept ?? fresh), spec, nextAt: nextTime(trigger, now) }, isNew: true };
}

function unknown(id: string, schedules: readonly Schedule[]): StagecraftError {
  const close = nearest(
    id,
    schedules.map((one) => one.id),
  );
  return new StagecraftError("unknown-schedule", `there is no schedule ${id}`, {
    help: close === undefined ? "stagecraft schedule ls" : `did you mean ${close}?`,
  });
}

function after(row: ScheduleRow, at: number, started: Started | Error): ScheduleRow {
  if (started instanceof Error) return { ...row, lastAt: at, lastError: started.message };
  return { ...row, lastAt: at, lastRun: started.run.id, lastError: null };
}

function nextTime(trigger: TriggerPlan, after: number): number | null {
  return trigger.kind === "cron" ? timesOf(trigger)(after) : null;
}
