import { mkdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dataProject, fault } from "../support/data-project.js";

const { at, put, read, write } = dataProject();

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
    mkdirSync(at(file));
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
