import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { Chance } from "../sim/chance.js";
import { child } from "../store/children.js";
import { folder, storeAt } from "../store/files.js";
import { begin, Stage, testHost } from "../support/host.js";
import { graphs, keepsOrder, planOf, tasksOf } from "../support/wfinstances.js";

/** Times each graph's process is killed. */
const KILLS = 3;
const script = new URL("./children/drive.ts", import.meta.url);

describe.skipIf(graphs.length === 0)("a graph of a real workflow whose process is killed", () => {
  it.each(graphs)(
    "again and again at random (%s) ends, and repeats no finished stage",
    { timeout: 180_000 },
    async (name) => {
      const tasks = tasksOf(name);
      const file = join(await folder(), "runs.sqlite");
      const store = storeAt(file);
      await store.open();
      const run = await begin(new Engine(testHost([new Stage().type], { store })), planOf(tasks, 16));
      const chance = new Chance(tasks.length);
      let head = 1;
      for (let kills = 0; kills < KILLS; kills++) {
        const driving = child(script, file, run);
        // Each stage writes two events: somewhere in the next eighth of them.
        const stop = head + chance.int(1, Math.max(1, Math.floor(tasks.length / 4)));
        let line = await driving.line();
        while (Number(line) < stop) line = await driving.line();
        // A small graph may have ended by then, and its process with it.
        if (!Number.isInteger(Number(line ?? "ended"))) break;
        head = Number(line);
        await driving.kill();
      }
      const last = child(script, file, run);
      let said: string | undefined;
      for (let line = await last.line(); line !== undefined; line = await last.line()) said = line;
      expect(said).toBe("ended");
      const recorded = await store.readEvents(run);
      keepsOrder(
        tasks,
        recorded.map(({ event }) => event),
      );
      // What was in flight when a process died is known to have been.
      expect(recorded.some(({ event }) => event.type === "attemptLost")).toBe(true);
    },
  );
});
