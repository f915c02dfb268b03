import type { ScheduleRow, Store } from "../../engine/ports.js";

type Part = Pick<Store, "listSchedules" | "saveSchedule">;

export function schedules(): Part {
  const rows = new Map<string, ScheduleRow>();
  return {
    listSchedules: async () => [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    async saveSchedule(row) {
      if ((rows.get(row.id)?.version ?? 0) !== row.version) return false;
      rows.set(row.id, { ...row, version: row.version + 1 });
      return true;
    },
  };
}
