/** How a trigger that fires by the clock, or by what it finds, stands. */
export interface ScheduleRow {
  /** `workflow/trigger`. */
  readonly id: string;
  /** The first time that has neither fired nor been passed over; null: none, or it is not of the clock. */
  readonly nextAt: number | null;
  /** What the times were worked out from: when it changes they are worked out anew. */
  readonly spec: string;
  /** The last time it fired for, and the run it started. */
  readonly lastAt: number | null;
  readonly lastRun: string | null;
  /** Why it could not start a run the last time it tried. */
  readonly lastError: string | null;
  /** Of what it hears, the `no` of the last occurrence it has dealt with; null: it hears nothing. */
  readonly heard: number | null;
  /** Who stopped it; null: nobody. */
  readonly pausedBy: string | null;
  /** Grows with every change: compare-and-set. */
  readonly version: number;
}

/** Remembers how triggers stand, for every process that fires them. */
export interface ScheduleStore {
  /** By id. */
  listSchedules(): Promise<readonly ScheduleRow[]>;
  /** Keeps it as version `row.version + 1`. False: what is kept is not at `row.version` any more (0: nothing is kept). */
  saveSchedule(row: ScheduleRow): Promise<boolean>;
}
