import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { EffectStageType, JsonObject } from "../../src/plugin/api.js";
import { dataProject, fault, reader, writer } from "../support/data-project.js";

const { at, got, put, read, write } = dataProject();

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
    expect(readdirSync(at())).toEqual(["a.ndjson"]);
  });

  it("leaves the old file as it was when the new one cannot take its place", async () => {
    mkdirSync(at("a.json/full"), { recursive: true });
    expect((await fault(write({ file: "a.json", rows }))).code).toBe("file-unreadable");
    expect(readdirSync(at())).toEqual(["a.json"]);
    expect(existsSync(at("a.json/full"))).toBe(true);
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
