import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import pg from "pg";
import { inject } from "vitest";

export interface TestDatabase {
  readonly url: string;
  /** A query on a connection of its own, to look at the database or to harm it. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

let port: Promise<number> | undefined;

/** An empty database on the server that all tests share, or on the one at `own`. */
export async function testDatabase(own?: number): Promise<TestDatabase> {
  port ??= own === undefined ? sharedPort() : undefined;
  const at = own ?? (await port!);
  const name = `test_${randomBytes(6).toString("hex")}`;
  const address = (database: string) => `postgres://stagecraft@127.0.0.1:${at}/${database}`;
  await once(address("postgres"), `CREATE DATABASE ${name}`);
  return {
    url: address(name),
    sql: (query) => once(address(name), query),
    drop: async () => void (await once(address("postgres"), `DROP DATABASE ${name} WITH (FORCE)`)),
  };
}

async function sharedPort(): Promise<number> {
  const said = await text(connect(inject("postgresDoor"), "127.0.0.1"));
  if (!/^\d+$/.test(said)) throw new Error(said);
  return Number(said);
}

async function once(url: string, query: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(query)).rows;
  } finally {
    await client.end();
  }
}
