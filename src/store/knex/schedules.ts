import type { ScheduleRow, Store } from "../../engine/ports.js";
import type { Database } from "./database.js";

type Part = Pick<Store, "listSchedules" | "saveSchedule">;

interface Row {
  readonly id: string;
  readonly next_at: number | null;
  readonly spec: string;
  readonly last_at: number | null;
  readonly last_run: string | null;
  readonly last_error: string | null;
  readonly heard: number | null;
  readonly paused_by: string | null;
  readonly version: number;
}

export function schedules(database: Database): Part {
  return {
    async listSchedules() {
      const rows: Row[] = await database.read((queries) => queries.table("schedules").orderBy("id"));
      return rows.map(fromRow);
    },
    async saveSchedule(schedule) {
      const { id, version } = schedule;
      const row = { ...toRow(schedule), version: version + 1 };
      const kept: readonly unknown[] = await database.write((queries) =>
        version === 0
          ? queries.table("schedules").insert(row).onConflict("id").ignore().returning("id")
          : queries.table("schedules").where({ id, version }).update(row).returning("id"),
      );
      return kept.length === 1;
    },
  };
}

function fromRow({ next_at, last_at, last_run, last_error, paused_by, ...rest }: Row): ScheduleRow {
  return { ...rest, nextAt: next_at, lastAt: last_at, lastRun: last_run, lastError: last_error, pausedBy: paused_by };
}

function toRow({ id, spec, nextAt, lastAt, lastRun, lastError, heard, pausedBy, version }: ScheduleRow): Row {
  return {
    id,
    spec,
    next_at: nextAt,
    last_at: lastAt,
    last_run: lastRun,
    last_error: lastError,
    heard,
    paused_by: pausedBy,
    version,
  };
}
