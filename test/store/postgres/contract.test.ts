import type { Store } from "../../../src/engine/ports.js";
import { postgresStore } from "../../../src/store/knex/postgres/store.js";
import { storeContract } from "../../contracts/store.contract.js";
import { testDatabase } from "../../support/postgres/database.js";

storeContract("the PostgreSQL store", async () => {
  const { url, drop } = await testDatabase();
  const stores: Store[] = [];
  const another = async () => {
    const store = postgresStore({ url });
    stores.push(store);
    await store.open();
    return store;
  };
  const teardown = async () => {
    for (const store of stores) await store.close();
    await drop();
  };
  return { store: await another(), another, teardown };
});
