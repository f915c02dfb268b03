import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import data from "../../plugins/data/index.js";
import type { EffectStageType, JsonObject, StageError } from "../../src/plugin/api.js";
import { effectContext } from "../support/effect-context.js";

const [reader, writer] = data.stages as [EffectStageType, EffectStageType];
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "data-stage-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const put = (name: string, content: string | Buffer) => writeFileSync(join(root, name), content);
const got = (name: string) => readFileSync(join(root, name), "utf8");
const read = async (input: JsonObject) => (await reader.run(input, effectContext({ root }))).outputs;
const write = async (input: JsonObject) => (await writer.run(input, effectContext({ root }))).outputs;
const fault = (work: Promise<unknown>): Promise<StageError> =>
  work.then(
    () => expect.unreachable("it should fail"),
    (error) => error,
  );

describe("reading CSV", () => {
  it("gives rows by the header's names, without a byte order mark, in any line ending", async () => {
    put("a.csv", '\uFEFFid, name \r\n1,"Ann, ""A"""\r\n\r\n2,Bob\r\n');
    expect(await read({ file: "a.csv" })).toEqual({
      rows: [
        { id: "1", name: 'Ann, "A"' },
        { id: "2", name: "Bob" },
      ],
      count: 2,
      errors: [],
      errorCount: 0,
    });
  });

  it("types the named columns; a cell that does not fit stays as written and is reported", async () => {
    put("a.csv", "id,price,paid,note\n1,9.50,yes,x\n2,abc,maybe,y\n3,,,\n1.5,1e3,0,z\n");
    const { rows, errors } = await read({
      file: "a.csv",
      columns: { id: "integer", price: "number", paid: "boolean" },
    });
    expect(rows).toEqual([
      { id: 1, price: 9.5, paid: true, note: "x" },
      { id: 2, price: "abc", paid: "maybe", note: "y" },
      { id: 3, price: null, paid: null, note: "" },
      { id: "1.5", price: 1000, paid: false, note: "z" },
    ]);
    expect(errors).toEqual([
      { row: 2, column: "price", message: '"abc" is no number' },
      { row: 2, column: "paid", message: '"maybe" is no boolean' },
      { row: 4, column: "id", message: '"1.5" is no integer' },
    ]);
  });

  it("keeps rows of a wrong length and reports them", async () => {
    put("a.csv", "a,b,c\n1,2\n1,2,3,4\n1,2,3\n");
    const { rows, errors } = await read({ file: "a.csv" });
    expect(rows).toEqual([
      { a: "1", b: "2", c: null },
      { a: "1", b: "2", c: "3" },
      { a: "1", b: "2", c: "3" },
    ]);
    expect(errors).toEqual([
      { row: 1, message: "has 2 cells where the header has 3" },
      { row: 2, message: "has 4 cells where the header has 3" },
    ]);
  });

  it("takes a tab for .tsv, and the delimiter it is told", async () => {
    put("a.tsv", "a\tb\n1\t2\n");
    put("b.csv", "a;b\n1;2\n");
    expect((await read({ file: "a.tsv" }))["rows"]).toEqual([{ a: "1", b: "2" }]);
    expect((await read({ file: "b.csv", delimiter: ";" }))["rows"]).toEqual([{ a: "1", b: "2" }]);
  });

  it("stops at the limit without reading the rest", async () => {
    put("a.csv", `a\n${"1\n".repeat(10)}"never closed`);
    expect(await read({ file: "a.csv", limit: 3 })).toMatchObject({ count: 3 });
    expect(await fault(read({ file: "a.csv" }))).toMatchObject({ code: "data-csv" });
  });

  it("needs a header, once each, with the columns that are typed", async () => {
    put("empty.csv", "");
    put("twice.csv", "a,a\n1,2\n");
    put("a.csv", "a,b\n1,2\n");
    expect(await fault(read({ file: "empty.csv" }))).toMatchObject({ code: "data-header" });
    expect(await fault(read({ file: "twice.csv" }))).toMatchObject({ code: "data-header" });
    expect(await fault(read({ file: "a.csv", columns: { c: "number" } }))).toMatchObject({ code: "data-columns" });
  });

  it("keeps columns with names of the prototype as data", async () => {
    put("a.csv", "__proto__,constructor\n1,2\n");
    const { rows } = await read({ file: "a.csv", columns: { constructor: "number" } });
    expect(JSON.stringify(rows)).toBe('[{"__proto__":"1","constructor":2}]');
  });
});

describe("reading JSON and NDJSON", () => {
  it("gives the objects, and reports what is none", async () => {
    put("a.json", '\uFEFF[{"id":1,"n":"5"},7,{"id":2,"n":"x"}]');
    expect(await read({ file: "a.json", columns: { n: "number" } })).toEqual({
      rows: [
        { id: 1, n: 5 },
        { id: 2, n: "x" },
      ],
      count: 2,
      errors: [
        { row: 2, message: "is no object" },
        { row: 3, column: "n", message: '"x" is no number' },
      ],
      errorCount: 2,
    });
  });

  it("goes on after a line that is no JSON", async () => {
    put("a.ndjson", '{"id":1}\n{broken\n\n{"id":2}');
    expect(await read({ file: "a.ndjson" })).toMatchObject({
      rows: [{ id: 1 }, { id: 2 }],
      errors: [{ row: 2, message: "is no JSON" }],
    });
  });

  it("says so when the whole is no list", async () => {
    put("a.json", '{"rows":[]}');
    put("b.json", "[1,");
    expect(await fault(read({ file: "a.json" }))).toMatchObject({ code: "data-json" });
    expect(await fault(read({ file: "b.json" }))).toMatchObject({ code: "data-json" });
  });
});

describe("files", () => {
  it.each(["a.csv", "a.json", "a.ndjson"])("that are not there are a clear failure: %s", async (file) => {
    expect(await fault(read({ file }))).toMatchObject({ code: "file-not-found", retryable: false });
    mkdirSync(join(root, file));
    expect(await fault(read({ file }))).toMatchObject({ code: "file-unreadable" });
  });

  it("outside the project are refused, to read and to write", async () => {
    expect(await fault(read({ file: "../a.csv" }))).toMatchObject({ code: "path-outside-project" });
    expect(await fault(write({ file: "../a.csv", rows: [] }))).toMatchObject({ code: "path-outside-project" });
  });

  it("need a format that can be known", async () => {
    put("a.data", "a\n1\n");
    expect(await fault(read({ file: "a.data" }))).toMatchObject({ code: "data-format" });
    expect(await read({ file: "a.data", format: "csv" })).toMatchObject({ count: 1 });
  });
});

describe("writing files", () => {
  const rows = [
    { id: 1, name: 'Ann, "A"', tags: ["x"] },
    { id: 2, name: "line\nbreak", extra: true },
  ];

  it("writes CSV that reads back, with all columns in the order they come up", async () => {
    expect(await write({ file: "out/a.csv", rows })).toEqual({ count: 2, file: "out/a.csv" });
    expect(got("out/a.csv").split("\n")[0]).toBe("id,name,tags,extra");
    expect((await read({ file: "out/a.csv" }))["rows"]).toEqual([
      { id: "1", name: 'Ann, "A"', tags: '["x"]', extra: "" },
      { id: "2", name: "line\nbreak", tags: "", extra: "true" },
    ]);
  });

  it.each(["a.json", "a.ndjson"])("writes %s that reads back equal", async (file) => {
    await write({ file, rows });
    expect((await read({ file }))["rows"]).toEqual(rows);
  });

  it("replaces whole files and leaves nothing beside them", async () => {
    await write({ file: "a.ndjson", rows });
    await write({ file: "a.ndjson", rows: [{ id: 3 }] });
    expect(got("a.ndjson")).toBe('{"id":3}\n');
    expect(readdirSync(root)).toEqual(["a.ndjson"]);
  });

  it("leaves the old file as it was when the new one cannot take its place", async () => {
    mkdirSync(join(root, "a.json", "full"), { recursive: true });
    expect((await fault(write({ file: "a.json", rows }))).code).toBe("file-unreadable");
    expect(readdirSync(root)).toEqual(["a.json"]);
    expect(existsSync(join(root, "a.json", "full"))).toBe(true);
  });

  it("appends lines, ending an unfinished one first", async () => {
    put("a.ndjson", '{"id":0}');
    await write({ file: "a.ndjson", mode: "append", rows: [{ id: 1 }] });
    await write({ file: "a.ndjson", mode: "append", rows: [{ id: 2 }] });
    expect(got("a.ndjson")).toBe('{"id":0}\n{"id":1}\n{"id":2}\n');
  });

  it("appends CSV in the file's own order of columns, and no columns it does not have", async () => {
    await write({ file: "a.csv", mode: "append", rows: [{ a: 1, b: 2 }] });
    await write({ file: "a.csv", mode: "append", rows: [{ b: 4, a: 3 }] });
    expect(got("a.csv")).toBe("a,b\n1,2\n3,4\n");
    expect(await fault(write({ file: "a.csv", mode: "append", rows: [{ c: 1 }] }))).toMatchObject({
      code: "data-columns",
    });
    expect(await fault(write({ file: "a.json", mode: "append", rows }))).toMatchObject({ code: "data-mode" });
  });
});

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
    expect(readdirSync(root)).toEqual(["db.sqlite"]);
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

describe("the checks", () => {
  const check = (stage: EffectStageType, given: JsonObject) =>
    (stage.check?.({ with: given, agents: {}, rulesets: {} }) ?? []).map(
      ({ code, path }) => `${code} ${path.join(".")}`,
    );

  it("find what does not go together in a read", () => {
    expect(check(reader, {})).toEqual(["data-source with"]);
    expect(check(reader, { file: "a.csv", database: "b" })).toEqual(["data-source with"]);
    expect(check(reader, { file: "a.csv", sql: "x" })).toEqual(["data-source with.sql"]);
    expect(check(reader, { database: "b" })).toEqual(["data-source with"]);
    expect(check(reader, { database: "b", sql: "select ${{ inputs.x }}" })).toEqual(["sql-template with.sql"]);
    expect(check(reader, { file: "a.csv" })).toEqual([]);
  });

  it("find what does not go together in a write", () => {
    expect(check(writer, { rows: [] })).toEqual(["data-target with"]);
    expect(check(writer, { file: "a.json", mode: "append" })).toEqual(["data-target with.mode"]);
    expect(check(writer, { file: "a.csv", mode: "upsert" })).toEqual(["data-target with.mode"]);
    expect(check(writer, { database: "d", table: "t", mode: "upsert" })).toEqual(["data-target with"]);
    expect(check(writer, { database: "d", table: "t", mode: "upsert", key: ["id"] })).toEqual([]);
    expect(check(writer, { file: "a.csv", table: "t" })).toEqual(["data-target with.table"]);
  });
});
