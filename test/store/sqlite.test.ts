import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "../../src/engine/ports.js";
import { sqliteStore } from "../../src/store/knex/sqlite/store.js";
import { storeContract } from "../contracts/store.contract.js";

storeContract("the SQLite store", async () => {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  const stores: Store[] = [];
  const another = async () => {
    const store = sqliteStore({ file: join(folder, "deep", "runs.sqlite") });
    stores.push(store);
    await store.open();
    return store;
  };
  const teardown = async () => {
    for (const store of stores) await store.close();
    await rm(folder, { recursive: true });
  };
  return { store: await another(), another, teardown };
});
