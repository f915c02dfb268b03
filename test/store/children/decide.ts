/** Opens the file named, and for each approval id on stdin tries to decide it as the person named: prints what came of it. */
import { createInterface } from "node:readline";
import { decide } from "../../../src/app/people.js";
import { StagecraftError } from "../../../src/core/errors.js";
import { sqliteStore } from "../../../src/store/knex/sqlite/store.js";

const [, , file, user, outcome] = process.argv;
const store = sqliteStore({ file: file!, durability: "normal" });
await store.open();
console.log("ready");
const by = { user: user!, roles: ["manager"], groups: [], via: "test" };
for await (const id of createInterface({ input: process.stdin })) {
  try {
    await decide(store, id, { by, outcome: outcome! }, Date.now);
    console.log("won");
  } catch (error) {
    if (!(error instanceof StagecraftError)) throw error;
    console.log(`${error.code}: ${error.message}`);
  }
}
await store.close();
