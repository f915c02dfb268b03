/** Claims `run-1` of the file named and commits to it until it is killed; prints the head after each commit. */
import { writeSync } from "node:fs";
import type { Event } from "../../../src/core/event.js";
import { sqliteStore } from "../../../src/store/knex/sqlite/store.js";
import { processOwner } from "../../../src/store/owner.js";
import { advanced, approval, ended, entry, started, T0 } from "../../contracts/store/material.js";

const [, , file, round] = process.argv;
const store = sqliteStore({ file: file! });
await store.open();
let lease = await store.claim("run-1", processOwner(), Date.now(), Date.now() + 60_000);
if (!lease) throw new Error("the lease of a dead process was not given away");
for (let i = 0; ; i++) {
  const stage = `s${round}-${i}`;
  const events: Event[] = [started(stage), ended(stage, i % 3 === 0 ? { large: stage.repeat(1_000) } : { i })];
  const opened = i % 5 === 0 ? [approval(`A-${stage}`, "run-1", { stage })] : [];
  const [outcome] = await store.commit([entry(lease, events, { opened, leaseUntil: T0 * 2 })]);
  if (outcome !== "done") throw new Error("fenced");
  lease = advanced(lease, events.length);
  writeSync(1, `${lease.headSeq}\n`);
}
