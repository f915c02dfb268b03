import { join } from "node:path";
import { expect, it } from "vitest";
import type { Recorded } from "../../src/core/event.js";
import type { Store } from "../../src/engine/ports.js";
import { definition, ended, newRun, started } from "../contracts/store/material.js";
import { child } from "./children.js";
import { folder, rawDatabase, storeAt } from "./files.js";

it("several processes open a new file at once, and each run is claimed by one of them", {
  timeout: 60_000,
}, async () => {
  const file = join(await folder(), "runs.sqlite");
  const runs = 100;
  const children = Array.from({ length: 3 }, () => child("claim", file, String(runs)));
  for (const one of children) expect(await one.line()).toBe("ready");
  const store = storeAt(file);
  await store.open();
  await store.putDefinition(definition);
  for (let i = 0; i < runs; i++) await store.createRun(newRun(`run-${i}`));
  for (const one of children) one.process.stdin.write("go\n");
  const won = await Promise.all(children.map(async (one) => JSON.parse((await one.line())!) as string[]));
  const all = won.flat();
  expect(all).toHaveLength(runs);
  expect(new Set(all).size).toBe(runs);
  expect((await store.listRuns({})).every((row) => row.epoch === 1)).toBe(true);
});

it("nothing acknowledged is lost when the process that commits is killed", { timeout: 120_000 }, async () => {
  const file = join(await folder(), "runs.sqlite");
  await look(file, async (store) => {
    await store.putDefinition(definition);
    await store.createRun(newRun("run-1"));
  });
  for (let round = 0; round < 5; round++) {
    const committing = child("commit", file, String(round));
    const commits = 1 + Math.floor(Math.random() * 60);
    let acknowledged = 0;
    for (let i = 0; i < commits; i++) acknowledged = Number(await committing.line());
    acknowledged = Number((await committing.kill()).at(-1) ?? acknowledged);
    await look(file, async (store) => {
      const events = await store.readEvents("run-1");
      expect(acknowledged, `round ${round} after ${commits} commits`).toBeGreaterThan(1);
      expect(events.length).toBeGreaterThanOrEqual(acknowledged);
      expect((await store.getRun("run-1"))!.headSeq).toBe(events.length);
      expectWhole(events);
      expect((await store.listApprovals({})).map((row) => row.stage)).toEqual(gatesOf(events));
    });
  }
  expect(await rawDatabase(file)("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
});

/** Nobody else has the file open, so opening it recovers what the dead process left. */
async function look(file: string, work: (store: Store) => Promise<void>): Promise<void> {
  const store = storeAt(file);
  await store.open();
  await work(store);
  await store.close();
}

/** Each commit of `children/commit.ts` wholly there, in order and without gaps. */
function expectWhole(events: readonly Recorded[]): void {
  expect(events.length % 2).toBe(1);
  for (const [i, { seq, event }] of events.slice(1).entries()) {
    expect(seq).toBe(i + 2);
    const { stage } = event as { stage: string };
    const nth = Number(stage.split("-")[1]);
    const outputs = nth % 3 === 0 ? { large: stage.repeat(1_000) } : { i: nth };
    expect(event).toEqual(i % 2 === 0 ? started(stage) : ended(stage, outputs));
  }
}

function gatesOf(events: readonly Recorded[]): string[] {
  const stages = events.flatMap(({ event }) => (event.type === "stageEnded" ? [event.stage] : []));
  return stages.filter((stage) => Number(stage.split("-")[1]) % 5 === 0);
}
