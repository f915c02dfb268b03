import { expect, it } from "vitest";
import type { Nudge } from "../../../src/engine/ports.js";
import { definition, newRun, T0 } from "../../contracts/store/material.js";
import { database, storeAt } from "./stores.js";

it("tells every process of new runs and messages, also after its connection was lost", async () => {
  const { url, sql } = await database();
  const [one, other] = [await storeAt(url), await storeAt(url)];
  const heard: Nudge[] = [];
  const stop = one.onNudge?.((nudge) => heard.push(nudge));
  const listeners =
    "FROM pg_stat_activity WHERE application_name = 'stagecraft listener' AND datname = current_database()";
  const listening = () => sql(`SELECT pid ${listeners} AND query = 'LISTEN stagecraft' AND state = 'idle'`);
  await expect.poll(listening).toHaveLength(1);
  await other.putDefinition(definition);
  await other.createRun(newRun("run-1"));
  await expect.poll(() => heard).toEqual([{ what: "due", run: "run-1" }]);
  const [before] = await listening();
  await sql(`SELECT pg_terminate_backend(pid) ${listeners}`);
  await expect.poll(async () => (await listening()).filter(({ pid }) => pid !== before?.["pid"])).toHaveLength(1);
  await other.post("run-1", { type: "resume", by: "ann" }, T0);
  await expect.poll(() => heard.at(-1)).toEqual({ what: "told", run: "run-1" });
  // What an attempt says is told by the turn that is asked for: nobody need look for runs because of it.
  const said = { type: "attempt", stage: "a", attempt: 1, isUndo: false, news: { kind: "lost" } } as const;
  await other.post("run-1", said, T0);
  await other.post("run-1", { type: "resume", by: "bob" }, T0);
  await expect.poll(() => heard).toHaveLength(3);
  stop?.();
  await other.post("run-1", { type: "resume", by: "ann" }, T0);
  expect(heard).toHaveLength(3);
}, 20_000);
