import { join } from "node:path";
import { expect, it } from "vitest";
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
  const store = storeAt(file);
  await store.open();
  await store.putDefinition(definition);
  await store.createRun(newRun("run-1"));
  let head = 1;
  for (let round = 0; round < 5; round++) {
    const committing = child("commit", file, String(round));
    const commits = 1 + Math.floor(Math.random() * 60);
    let acknowledged = head;
    for (let i = 0; i < commits; i++) acknowledged = Number(await committing.line());
    acknowledged = Number((await committing.kill()).at(-1) ?? acknowledged);
    const events = await store.readEvents("run-1");
    head = events.length;
    expect(acknowledged, `round ${round} after ${commits} commits`).toBeGreaterThan(1);
    expect(head).toBeGreaterThanOrEqual(acknowledged);
    expect((await store.getRun("run-1"))!.headSeq).toBe(head);
    for (const [i, { seq, event }] of events.slice(1).entries()) {
      expect(seq).toBe(i + 2);
      const stage = (event as { stage: string }).stage;
      const nth = Number(stage.split("-")[1]);
      const outputs = nth % 3 === 0 ? { large: stage.repeat(1_000) } : { i: nth };
      expect(event).toEqual(i % 2 === 0 ? started(stage) : ended(stage, outputs));
    }
    const opened = events.filter(({ event }) => event.type === "stageEnded" && /-\d*[05]$/.test(event.stage));
    expect((await store.listApprovals({})).map((row) => row.stage)).toEqual(
      opened.map(({ event }) => (event as { stage: string }).stage),
    );
  }
  expect(await rawDatabase(file)("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
});
