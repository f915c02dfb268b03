import { describe, expect, it } from "vitest";
import type { ScheduleRow } from "../../../src/engine/ports.js";
import { T0 } from "./material.js";
import type { Opened } from "./opened.js";

const fresh: ScheduleRow = {
  id: "report/nightly",
  nextAt: T0,
  spec: "0 3 * * * UTC",
  lastAt: null,
  lastRun: null,
  lastError: null,
  heard: null,
  pausedBy: null,
  version: 0,
};

export function schedulesContract(opened: Opened): void {
  describe("schedules", () => {
    it("are kept as they were saved, for every process, by id", async () => {
      const { store, another } = opened();
      expect(await store.listSchedules()).toEqual([]);
      const other = {
        ...fresh,
        id: "audit/weekly",
        nextAt: null,
        lastAt: T0,
        lastRun: "run-1",
        lastError: "no",
        heard: 7,
        pausedBy: "ann",
      };
      expect([await store.saveSchedule(fresh), await store.saveSchedule(other)]).toEqual([true, true]);
      expect(await (await another()).listSchedules()).toEqual([
        { ...other, version: 1 },
        { ...fresh, version: 1 },
      ]);
    });

    it("change only from the version that was read: of several who try one wins", async () => {
      const { store, another } = opened();
      await store.saveSchedule(fresh);
      const [row] = (await store.listSchedules()) as [ScheduleRow];
      const stores = [store, await another(), await another()];
      const saved = await Promise.all(stores.map((one, at) => one.saveSchedule({ ...row, lastRun: `run-${at}` })));
      expect(saved.filter(Boolean)).toHaveLength(1);
      expect(await store.listSchedules()).toEqual([{ ...row, lastRun: `run-${saved.indexOf(true)}`, version: 2 }]);
    });

    it("are made once by several who meet them first at once", async () => {
      const { store, another } = opened();
      const stores = [store, await another(), await another()];
      const saved = await Promise.all(stores.map((one) => one.saveSchedule(fresh)));
      expect(saved.filter(Boolean)).toHaveLength(1);
    });
  });
}
