import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { memoryStore } from "../../src/store/memory/store.js";
import { projectKey } from "../../src/store/sealed/keyring.js";
import { rewrapAll } from "../../src/store/sealed/rotate.js";
import { sealedStore } from "../../src/store/sealed/store.js";
import { definition, newRun } from "../contracts/store/material.js";

const key = (name: string) => projectKey(name, randomBytes(32).toString("base64"));

async function withDefinition() {
  const store = memoryStore();
  await store.putDefinition(definition);
  return store;
}

it("seals for a run that is about to be created what opens when it is there, also after the keys were rotated", async () => {
  const [one, two] = [key("ONE"), key("TWO")];
  const behind = await withDefinition();
  const store = sealedStore(behind, { current: one, previous: [] });
  const early = await store.vault("run-1", true);
  const sealed = early?.seal("DE89") ?? "";
  expect(sealed).not.toContain("DE89");
  await store.createRun(newRun("run-1"));
  const rotated = sealedStore(behind, { current: two, previous: [one] });
  await rewrapAll(rotated, { current: two, previous: [one] }, two);
  const later = sealedStore(behind, { current: two, previous: [] });
  expect((await later.vault("run-1"))?.open(sealed)).toBe("DE89");
  await later.createRun(newRun("run-2"));
  const other = await later.vault("run-2");
  expect(() => other?.open(sealed), "under the key of another run").toThrow(/was changed/);
});

it("seals nothing where nothing is encrypted, and for no run that began before it was", async () => {
  const behind = await withDefinition();
  const plain = sealedStore(behind, { previous: [] });
  expect(await plain.vault("run-1", true)).toBeUndefined();
  await plain.createRun(newRun("run-1"));
  const sealing = sealedStore(behind, { current: key("ONE"), previous: [] });
  expect(await sealing.vault("run-1")).toBeUndefined();
});
