import { onTestFinished } from "vitest";
import type { Store } from "../../../src/engine/ports.js";
import type { PostgresOptions } from "../../../src/store/knex/postgres/options.js";
import { postgresStore } from "../../../src/store/knex/postgres/store.js";
import { type TestDatabase, testDatabase } from "../../support/postgres/database.js";
import { type Server, startServer } from "../../support/postgres/server.js";

/** A database that goes with the test. */
export async function database(own?: number): Promise<TestDatabase> {
  const made = await testDatabase(own);
  onTestFinished(() => made.drop());
  return made;
}

/** A store on `url`, opened, and closed with the test. */
export async function storeAt(url: string, options: Partial<PostgresOptions> = {}): Promise<Store> {
  const store = postgresStore({ url, ...options });
  onTestFinished(() => store.close());
  await store.open();
  return store;
}

/** A server that the test may harm; it goes with the test. */
export async function ownServer(): Promise<Server> {
  const server = await startServer();
  onTestFinished(() => server.stop());
  return server;
}
