import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { openStore } from "../../src/store/index.js";
import { definition } from "../contracts/store/material.js";
import { folder } from "./files.js";

it("opens a path, a sqlite: path and a file: URL as one file, and makes its folder", async () => {
  const file = join(await folder(), "a", "b c", "runs.sqlite");
  const first = await openStore(file);
  await first.putDefinition(definition);
  await first.close();
  expect((await stat(file)).isFile()).toBe(true);
  for (const url of [`sqlite:${file}`, `SQLite:${file}`, pathToFileURL(file).href]) {
    const store = await openStore(url);
    expect(await store.getDefinition(definition.hash)).toEqual(definition);
    await store.close();
  }
});

it("keeps memory: in memory, each on its own", async () => {
  const [a, b] = [await openStore("memory:"), await openStore(":memory:")];
  await a.putDefinition(definition);
  expect(await b.getDefinition(definition.hash)).toBeUndefined();
});

it("says what it cannot open", async () => {
  const refused = { code: "unknown-store", kind: "usage", help: expect.any(String) };
  for (const url of ["mysql://u:p4ss@h", "sqlite:", ""]) {
    const error = await openStore(url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(refused);
    expect(String(error)).not.toContain("p4ss");
  }
});
