import { expect, it } from "vitest";
import { begun, eventsOf, fleetOf, startRuns } from "../support/workers/fleet.js";

const work = (ms: number) => `uses: test/work, with: { ms: ${ms} }`;

const DEFINITION = `apiVersion: stagecraft/v1
id: trip
version: "1.0.0"
stages:
  flight: { ${work(5)}, compensate: { ${work(5)} } }
  hotel: { needs: [flight], ${work(5)}, compensate: { ${work(1_000)} } }
  car: { needs: [hotel], ${work(5)}, compensate: { ${work(5)} } }
  wait: { needs: [car], ${work(60_000)} }
`;

const SOON = { timeout: 60_000 };

it.each(["sqlite", "restate"] as const)(
  "a cancelled run whose worker is killed while it is rolled back is rolled back by the next, and only what was being undone is tried again (%s)",
  async (kind) => {
    const made = await fleetOf(kind, { trip: DEFINITION });
    const { app } = made;
    const statusOf = async (run: string) => (await app.view(run)).run.status;
    const first = await made.startWorker(0);
    const [run = ""] = await startRuns(app, "trip", 1);
    await expect.poll(() => begun(made, "wait"), SOON).toBe(1);
    await app.send(run, { type: "cancel", by: "ann" });
    await expect.poll(() => statusOf(run), SOON).toBe("cancelled");
    await app.send(run, { type: "rollback", by: "ann" });
    // Done once, and now being undone.
    await expect.poll(() => begun(made, "hotel"), SOON).toBe(2);
    await first.kill();
    await made.startWorker(0);
    await expect.poll(() => statusOf(run), SOON).toBe("rolledBack");
    const undoing = (await eventsOf(app, run)).flatMap((event) => {
      if (event.type === "compensated") return [`${event.stage} undone`];
      if (event.type !== "compensationStarted" && event.type !== "compensationFailed") return [];
      return [`${event.stage} ${event.attempt} ${event.type === "compensationStarted" ? "begun" : "lost"}`];
    });
    expect(undoing).toEqual([
      ...["car 1 begun", "car undone"],
      ...["hotel 1 begun", "hotel 1 lost", "hotel 2 begun", "hotel undone"],
      ...["flight 1 begun", "flight undone"],
    ]);
    expect(["flight", "hotel", "car", "wait"].map((stage) => begun(made, stage))).toEqual([2, 3, 2, 1]);
    expect(await (await app.store()).check()).toEqual([]);
  },
  120_000,
);
