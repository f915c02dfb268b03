/** Opens the file named, waits for a word on stdin, claims each run `run-N` once, prints which it got, and ends with its stdin. */
import { once } from "node:events";
import { sqliteStore } from "../../../src/store/knex/sqlite/store.js";
import { processOwner } from "../../../src/store/owner.js";

const [, , file, runs] = process.argv;
const store = sqliteStore({ file: file! });
await store.open();
console.log("ready");
await once(process.stdin, "data");
const owner = processOwner();
const won: string[] = [];
for (let i = 0; i < Number(runs); i++) {
  const lease = await store.claim(`run-${i}`, owner, Date.now(), Date.now() + 60_000);
  if (lease) won.push(lease.run);
}
await store.close();
console.log(JSON.stringify(won));
// Its leases are its own as long as it lives.
await once(process.stdin, "end");
