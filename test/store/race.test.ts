import { join } from "node:path";
import { expect, it } from "vitest";
import { approval, entry, heldRun } from "../contracts/store/material.js";
import { child } from "./children.js";
import { folder, storeAt } from "./files.js";

const ROUNDS = 1_000;

it("of two processes that decide one approval at once exactly one wins, a thousand times, and the other is told who", {
  timeout: 300_000,
}, async () => {
  const file = join(await folder(), "runs.sqlite");
  const store = storeAt(file, { durability: "normal" });
  await store.open();
  const lease = await heldRun(store);
  const ids = Array.from({ length: ROUNDS }, (_, at) => `A${at}`);
  await store.commit([entry(lease, [], { opened: ids.map((id) => approval(id, "run-1")) })]);
  const ann = child("decide", file, "ann", "approved");
  const bob = child("decide", file, "bob", "rejected");
  for (const one of [ann, bob]) expect(await one.line()).toBe("ready");
  const wins = { ann: 0, bob: 0 };
  for (const id of ids) {
    for (const one of [ann, bob]) one.process.stdin.write(`${id}\n`);
    const [first, second] = await Promise.all([ann.line(), bob.line()]);
    const winner = first === "won" ? "ann" : "bob";
    const outcome = winner === "ann" ? "approved" : "rejected";
    expect(
      [first, second].filter((said) => said === "won"),
      id,
    ).toHaveLength(1);
    expect(winner === "ann" ? second : first, id).toBe(`already-decided: this was ${outcome} already by ${winner}`);
    wins[winner] += 1;
  }
  const rows = await store.listApprovals({ status: ["decided"] });
  expect(rows).toHaveLength(ROUNDS);
  expect(rows.every(({ decisions, version }) => decisions.length === 1 && version === 2)).toBe(true);
  expect(rows.filter(({ outcome }) => outcome === "approved")).toHaveLength(wins.ann);
  expect(await store.inbox("run-1"), "the run hears of each decision once").toHaveLength(ROUNDS);
  expect(await store.readAudit({ run: "run-1" }), "and each refusal is kept").toHaveLength(ROUNDS);
});
