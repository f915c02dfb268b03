import { readdirSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/plugin/api.js";
import { dataProject, fault } from "../support/data-project.js";

const { at, put, read, write } = dataProject();

const table = (more: JsonObject): JsonObject => ({ database: "db.sqlite", table: "orders", ...more });
const select = async (sql: string, more: JsonObject = {}) =>
  (await read({ database: "db.sqlite", sql, ...more }))["rows"];

describe("tables", () => {
  const rows = [
    { id: 1, total: 9.5, paid: true, lines: [1, 2] },
    { id: 2, total: 3, paid: false, note: "x" },
  ];

  it("are made by the rows' values and read back", async () => {
    expect(await write(table({ rows }))).toEqual({ count: 2, database: "db.sqlite", table: "orders" });
    expect(await select("select *, typeof(id) as t from orders order by id desc")).toEqual([
      { id: 2, total: 3, paid: 0, lines: null, note: "x", t: "integer" },
      { id: 1, total: 9.5, paid: 1, lines: "[1,2]", note: null, t: "integer" },
    ]);
  });

  it("hold exactly the rows after replace, however often it is repeated", async () => {
    await write(table({ rows }));
    await write(table({ rows: [{ id: 7 }] }));
    await write(table({ rows: [{ id: 7 }] }));
    expect(await select("select id from orders")).toEqual([{ id: 7 }]);
    await write(table({ rows: [] }));
    expect(await select("select id from orders")).toEqual([]);
  });

  it("have one row a key after upsert, however often it is repeated", async () => {
    const upsert = (some: JsonObject[]) => write(table({ mode: "upsert", key: ["id"], rows: some }));
    await upsert([
      { id: 1, total: 1 },
      { id: 2, total: 2 },
    ]);
    await upsert([
      { id: 2, total: 20 },
      { id: 3, total: 3 },
      { id: 3, total: 30 },
    ]);
    await upsert([{ id: 2, total: 20 }]);
    expect(await select("select id, total from orders order by id")).toEqual([
      { id: 1, total: 1 },
      { id: 2, total: 20 },
      { id: 3, total: 30 },
    ]);
  });

  it("grow with append", async () => {
    await write(table({ mode: "append", rows }));
    await write(table({ mode: "append", rows }));
    expect(await select("select count(*) as n from orders")).toEqual([{ n: 4 }]);
  });

  it("take thousands of rows at once", async () => {
    const many = Array.from({ length: 2_500 }, (_, id) => ({ id, a: "x", b: id / 2 }));
    await write(table({ rows: many }));
    expect(await select("select count(*) as n, sum(b) as b from orders")).toEqual([{ n: 2500, b: 1_561_875 }]);
  });

  it("are changed wholly or not at all", async () => {
    await write(table({ rows: [{ id: 1 }] }));
    expect(await fault(write(table({ mode: "append", rows: [{ id: 2 }, { id: 3, other: 1 }] })))).toMatchObject({
      code: "data-columns",
    });
    const bad = [{ id: 5 }, { id: null }];
    expect(await fault(write(table({ mode: "upsert", key: ["id"], rows: bad })))).toMatchObject({ code: "data-key" });
    expect(await select("select id from orders")).toEqual([{ id: 1 }]);
  });

  it("may have any name without it being taken for SQL", async () => {
    const name = 'a"; drop table orders; --';
    await write(table({ rows: [{ id: 1 }] }));
    await write({ database: "db.sqlite", table: name, rows: [{ 'x" y': 1 }] });
    expect(await select("select id from orders")).toEqual([{ id: 1 }]);
    expect(await select('select * from "a""; drop table orders; --"')).toEqual([{ 'x" y': 1 }]);
  });
});

describe("queries", () => {
  beforeEach(async () => {
    await write(
      table({
        rows: [
          { id: 1, name: "Ann" },
          { id: 2, name: "O'Hara; --" },
          { id: 3, name: "Cy" },
        ],
      }),
    );
  });

  it("bind values as data", async () => {
    expect(await select("select id from orders where name = ?", { params: ["O'Hara; --"] })).toEqual([{ id: 2 }]);
    expect(await select("select id from orders where id > :least order by id desc;", { params: { least: 1 } })).toEqual(
      [{ id: 3 }, { id: 2 }],
    );
    expect(await fault(select("select 1", { params: { nobody: 1 } }))).toMatchObject({ code: "data-sql" });
  });

  it("keep their order and end at the limit", async () => {
    expect(await select("select id from orders order by name desc", { limit: 2 })).toEqual([{ id: 2 }, { id: 3 }]);
  });

  it.each([
    "delete from orders",
    "select 1; delete from orders",
    "with x as (select 1) delete from orders",
    "attach 'other.sqlite' as o",
    "vacuum into 'copy.sqlite'",
    "select 1) ; delete from orders; --",
  ])("only read: %s", async (sql) => {
    expect((await fault(select(sql))).code).toMatch(/^data-(sql|database)$/);
    expect(await select("select count(*) as n from orders")).toEqual([{ n: 3 }]);
    expect(readdirSync(at())).toEqual(["db.sqlite"]);
  });

  it("say what is wrong with them, and when there is no database", async () => {
    const error = await fault(select("select absent from orders"));
    expect(error).toMatchObject({ code: "data-database", retryable: false });
    expect(error.message).toContain("no such column: absent");
    expect(await fault(read({ database: "none.sqlite", sql: "select 1" }))).toMatchObject({ code: "file-not-found" });
    put("text.sqlite", "this is no database at all, only some text that is long enough to be read as a header");
    expect(await fault(read({ database: "text.sqlite", sql: "select 1 from x" }))).toMatchObject({
      code: "data-database",
    });
  });
});
