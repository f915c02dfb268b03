import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { database } from "../../src/store/knex/database.js";
import { migrate } from "../../src/store/knex/migrate.js";
import type { Migration } from "../../src/store/knex/migrations/migration.js";
import { sqliteDialect } from "../../src/store/knex/sqlite/dialect.js";
import { folder, rawDatabase } from "./files.js";

const first: Migration = { version: 1, name: "first", sqlite: ["CREATE TABLE runs (id TEXT)"] };
const second: Migration = { version: 2, name: "second", sqlite: ["ALTER TABLE runs ADD COLUMN status TEXT"] };
const broken: Migration = {
  version: 3,
  name: "broken",
  sqlite: ["CREATE TABLE extra (id TEXT)", "CREATE TABLE runs (x)"],
};

const schemaOf = (file: string) => rawDatabase(file)("SELECT sql FROM sqlite_master WHERE name IN ('runs', 'extra')");

function openWith(file: string, migrations: readonly Migration[]): Promise<void> {
  const opened = database(sqliteDialect({ file }));
  onTestFinished(() => opened.close());
  return opened.open(async (prepared) => void (await migrate(prepared, migrations)));
}

it("brings a file forward step by step, and a file that is up to date not at all", async () => {
  const file = join(await folder(), "runs.sqlite");
  await openWith(file, [first]);
  expect(await schemaOf(file)).toEqual([{ sql: "CREATE TABLE runs (id TEXT)" }]);
  await openWith(file, [first, second]);
  await openWith(file, [first, second]);
  expect(await schemaOf(file)).toEqual([{ sql: "CREATE TABLE runs (id TEXT, status TEXT)" }]);
  await expect(openWith(file, [first])).rejects.toMatchObject({ code: "store-newer" });
});

it("takes two that do not concern each other in either order", async () => {
  const file = join(await folder(), "runs.sqlite");
  const third: Migration = { version: 3, name: "third", sqlite: ["CREATE TABLE extra (id TEXT)"] };
  await openWith(file, [first, third]);
  await openWith(file, [first, second, third]);
  await openWith(file, [first, second, third]);
  expect(await schemaOf(file)).toEqual([
    { sql: "CREATE TABLE runs (id TEXT, status TEXT)" },
    { sql: "CREATE TABLE extra (id TEXT)" },
  ]);
});

it("leaves a file as it was when a migration fails", async () => {
  const file = join(await folder(), "runs.sqlite");
  await openWith(file, [first]);
  await expect(openWith(file, [first, second, broken])).rejects.toMatchObject({ code: "store-io" });
  expect(await schemaOf(file)).toEqual([{ sql: "CREATE TABLE runs (id TEXT)" }]);
  await openWith(file, [first, second]);
});

it("leaves a new file empty when its first migration fails", async () => {
  const file = join(await folder(), "runs.sqlite");
  await expect(openWith(file, [first, second, broken])).rejects.toMatchObject({ code: "store-io" });
  expect(await rawDatabase(file)("SELECT name FROM sqlite_master")).toEqual([]);
  await openWith(file, [first]);
});

it("lets many open a new file at once", async () => {
  const file = join(await folder(), "runs.sqlite");
  await Promise.all(Array.from({ length: 8 }, () => openWith(file, [first, second])));
  expect(await schemaOf(file)).toHaveLength(1);
});
