import { StagecraftError } from "../../core/errors.js";
import { dueTimes } from "../../core/schedule.js";
import { nearest } from "../../core/suggest.js";
import type { CronTrigger, FileTrigger, TriggerPlan } from "../../core/trigger.js";
import type { RunRow, ScheduleRow } from "../../engine/ports.js";
import { arrivals } from "./files.js";
import { fireOrTell, type SchedulerHost } from "./fire.js";
import { hear, hears } from "./hear.js";
import { type Received, receive } from "./receive.js";
import type { Delivery } from "./signature.js";
import { after, fromNow, isBusy, type Schedule, standingOf } from "./standing.js";
import { timesOf } from "./times.js";

/** Later than this and the run is told that it is late: milliseconds. */
const LATE_MS = 60_000;
/** What every trigger has dealt with is thrown away after the first, all else after the second: milliseconds. */
const KEPT_MS = 3_600_000;
const LONGEST_KEPT_MS = 30 * 24 * 3_600_000;

/** Starts the runs whose time has come. Any number of processes may do so at once: each time starts one run. */
export class Scheduler {
  readonly #host: SchedulerHost;
  readonly #seen = new Set<string>();
  readonly #told = new Set<string>();
  #sweptAt = 0;

  constructor(host: SchedulerHost) {
    this.#host = host;
  }

  /** Every trigger of the project; one that was never looked at stands at the next of its times. */
  async schedules(now: number): Promise<readonly Schedule[]> {
    const { store } = this.#host;
    const { triggers, broken } = await this.#host.find();
    for (const { file, errors } of broken) this.#tell(`${file} has ${errors} errors: its triggers do not fire`);
    if (triggers.length === 0) return [];
    const [kept, lastOccurrence] = await Promise.all([store.listSchedules(), store.lastOccurrence()]);
    const rows = new Map(kept.map((row) => [row.id, row]));
    return triggers.map((found) => standingOf(found, rows.get(found.id), now, lastOccurrence));
  }

  /** Starts what is due and says which runs; what cannot start is logged, kept with the schedule and not tried again. */
  async tick(now: number): Promise<readonly RunRow[]> {
    const started: RunRow[] = [];
    const schedules = await this.schedules(now);
    for (const schedule of schedules) {
      if (schedule.row.pausedBy === null) started.push(...(await this.#look(schedule, now)));
    }
    await this.#sweep(schedules, now);
    return started;
  }

  /** A request for the webhook trigger `workflow/trigger`. @throws StagecraftError `unknown-webhook`, and what `receive` throws */
  async receive(id: string, delivery: Delivery, now: number): Promise<Received> {
    const schedule = (await this.schedules(now)).find((one) => one.id === id);
    const { trigger } = schedule ?? {};
    // Whoever asks is nobody yet: no names are suggested.
    if (schedule === undefined || trigger?.kind !== "webhook") {
      throw new StagecraftError("unknown-webhook", `there is no webhook ${id}`);
    }
    return receive(this.#host, { ...schedule, trigger }, delivery, now);
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
    return this.#change(id, now, async (row) => ({ ...row, pausedBy: by }));
  }

  /** From the next of its times on. @throws StagecraftError `unknown-schedule` */
  async resume(id: string, now: number): Promise<Schedule> {
    return this.#change(id, now, async (row, trigger) => {
      if (row.pausedBy === null) return row;
      return { ...row, pausedBy: null, ...fromNow(trigger, now, await this.#host.store.lastOccurrence()) };
    });
  }

  async #change(
    id: string,
    now: number,
    change: (row: ScheduleRow, trigger: TriggerPlan) => Promise<ScheduleRow>,
  ): Promise<Schedule> {
    for (;;) {
      const schedules = await this.schedules(now);
      const schedule = schedules.find((one) => one.id === id);
      if (schedule === undefined) throw unknown(id, schedules);
      const row = await change(schedule.row, schedule.trigger);
      if (await this.#host.store.saveSchedule(row)) return { ...schedule, row };
    }
  }

  async #look(schedule: Schedule, now: number): Promise<readonly RunRow[]> {
    const { trigger } = schedule;
    if (trigger.kind === "cron") return this.#byClock(schedule, trigger, now);
    if (trigger.kind === "file") return this.#byFile(schedule, trigger, now);
    return hears(schedule) ? hear(this.#host, schedule, now) : [];
  }

  async #byClock(schedule: Schedule, trigger: CronTrigger, now: number): Promise<readonly RunRow[]> {
    const { store } = this.#host;
    const { row, isNew } = schedule;
    const { overlap, catchup } = trigger;
    const standing = { nextAt: row.nextAt, now, overlap, catchup, isBusy: await isBusy(store, row) };
    const due = dueTimes(standing, timesOf(trigger));
    const runs: RunRow[] = [];
    let next: ScheduleRow = { ...row, nextAt: due.nextAt };
    for (const at of due.fire) {
      const time = new Date(at).toISOString();
      const started = await fireOrTell(
        this.#host,
        schedule,
        { key: time, facts: { time, late: now - at > LATE_MS } },
        now,
      );
      next = after(next, at, started);
      if ("run" in started && started.created) runs.push(started.run);
    }
    // The runs are there before the schedule moves on: whoever comes after a crash in between finds them by their key.
    const isNews = isNew || due.fire.length > 0 || due.nextAt !== row.nextAt;
    if (isNews) await store.saveSchedule(next);
    return runs;
  }

  async #byFile(schedule: Schedule, trigger: FileTrigger, now: number): Promise<readonly RunRow[]> {
    const { row, id } = schedule;
    const runs: RunRow[] = [];
    let next = row;
    for (const { key, trigger: facts } of arrivals(this.#host.project, trigger.file, now)) {
      if (this.#seen.has(`${id} ${key}`)) continue;
      const started = await fireOrTell(this.#host, schedule, { key, facts }, now);
      this.#seen.add(`${id} ${key}`);
      // After a restart every file is met again; those that have their run are no news.
      if ("run" in started && !started.created) continue;
      next = after(next, now, started);
      if ("run" in started) runs.push(started.run);
    }
    if (next !== row || schedule.isNew) await this.#host.store.saveSchedule(next);
    return runs;
  }

  /** What every trigger that hears something has dealt with is of no use any more. */
  async #sweep(schedules: readonly Schedule[], now: number): Promise<void> {
    if (now - this.#sweptAt < KEPT_MS) return;
    this.#sweptAt = now;
    const { store } = this.#host;
    const rows = [...(await store.listSchedules()), ...schedules.map(({ row }) => row)];
    const heard = rows.flatMap((row) => (row.heard === null ? [] : [row.heard]));
    await store.dropOccurrences(Math.min(...heard, await store.lastOccurrence()), now - KEPT_MS);
    await store.dropOccurrences(Number.MAX_SAFE_INTEGER, now - LONGEST_KEPT_MS);
  }

  /** Once, not at every look. */
  #tell(message: string): void {
    if (this.#told.has(message)) return;
    this.#told.add(message);
    this.#host.log.warn(message);
  }
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
