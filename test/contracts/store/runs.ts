import { describe, expect, it } from "vitest";
import { manyStages } from "../../support/many-stages.js";
import { definition, entry, heldRun, newRun, patch, T0 } from "./material.js";
import type { Opened } from "./opened.js";

export function runsContract(opened: Opened): void {
  describe("definitions and runs", () => {
    it("gives back a definition, and knows no other", async () => {
      const { store } = opened();
      await store.putDefinition(definition);
      await store.putDefinition({ ...definition, source: "what was first put stays" });
      expect(await store.getDefinition(definition.hash)).toEqual(definition);
      expect(await store.getDefinition("constructor")).toBeUndefined();
    });

    it("gives back a definition of very many stages to the letter", async () => {
      const { store } = opened();
      const many = { ...definition, hash: "many", plan: manyStages() };
      await store.putDefinition(many);
      expect(JSON.stringify(await store.getDefinition("many"))).toBe(JSON.stringify(many));
    });

    it("creates a queued run with its first events", async () => {
      const { store } = opened();
      await store.putDefinition(definition);
      const { run, created } = await store.createRun(newRun("run-1"));
      expect(created).toBe(true);
      expect(run).toMatchObject({ id: "run-1", status: "queued", headSeq: 1, epoch: 0, owner: null, createdAt: T0 });
      expect(await store.getRun("run-1")).toEqual(run);
      expect(await store.readEvents("run-1")).toEqual([{ seq: 1, event: newRun("run-1").events[0] }]);
    });

    it("creates many at once in the order they were asked for, and refuses those alone that cannot be", async () => {
      const { store } = opened();
      await store.putDefinition(definition);
      await store.createRun(newRun("taken"));
      const asked = [
        newRun("a"),
        newRun("taken"),
        newRun("b", { definition: "unknown" }),
        newRun("a"),
        newRun("c", { group: { name: "g", limit: 1 } }),
        newRun("d", { group: { name: "g", limit: 1 } }),
        newRun("e"),
      ];
      const answers = await Promise.allSettled(asked.map((run) => store.createRun(run)));
      const codes = answers.map((answer) => (answer.status === "rejected" ? answer.reason.code : answer.value.run.id));
      expect(codes).toEqual(["a", "run-exists", "unknown-definition", "run-exists", "c", "group-full", "e"]);
      const rows = await Promise.all(["a", "b", "c", "d", "e"].map((id) => store.getRun(id)));
      expect(rows.map((row) => row?.id)).toEqual(["a", undefined, "c", undefined, "e"]);
      expect((await store.listRuns({})).map(({ id }) => id)).toEqual(["e", "c", "a", "taken"]);
      for (const id of ["a", "c", "e"]) expect(await store.readEvents(id)).toMatchObject([{ seq: 1 }]);
    });

    it("creates one run for an idempotency key of a workflow, however often it is asked", async () => {
      const fixture = opened();
      const other = await fixture.another();
      await fixture.store.putDefinition(definition);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 ? other : fixture.store).createRun(newRun(`run-${i}`, { idempotencyKey: "CX-1" })),
        ),
      );
      expect(answers.filter((answer) => answer.created)).toHaveLength(1);
      expect(new Set(answers.map((answer) => answer.run.id)).size).toBe(1);
      expect(await fixture.store.listRuns({})).toHaveLength(1);
      const elsewhere = newRun("other", { workflow: "refund", idempotencyKey: "CX-1" });
      expect((await fixture.store.createRun(elsewhere)).created).toBe(true);
    });

    it("refuses a run id twice, and a run without its definition", async () => {
      const { store } = opened();
      await expect(store.createRun(newRun("run-1"))).rejects.toMatchObject({ code: "unknown-definition" });
      await store.putDefinition(definition);
      await store.createRun(newRun("run-1"));
      await expect(store.createRun(newRun("run-1"))).rejects.toMatchObject({ code: "run-exists" });
      expect(await store.listRuns({})).toHaveLength(1);
    });

    it("lists newest first, by status, workflow, time and prefix", async () => {
      const { store } = opened();
      await store.putDefinition(definition);
      for (const [i, id] of ["a1", "a2", "b1"].entries()) await store.createRun(newRun(id, { at: T0 + i }));
      await store.createRun(newRun("b2", { at: T0 + 2, workflow: "refund" }));
      const ids = async (filter: Parameters<typeof store.listRuns>[0]) =>
        (await store.listRuns(filter)).map((r) => r.id);
      expect(await ids({})).toEqual(["b2", "b1", "a2", "a1"]);
      expect(await ids({ workflow: "payment" })).toEqual(["b1", "a2", "a1"]);
      expect(await ids({ since: T0 + 1, before: T0 + 2 })).toEqual(["a2"]);
      expect(await ids({ idPrefix: "a" })).toEqual(["a2", "a1"]);
      expect(await ids({ idPrefix: "a%" })).toEqual([]);
      expect(await ids({ limit: 2 })).toEqual(["b2", "b1"]);
      expect(await ids({ limit: 2, after: "b1" })).toEqual(["a2", "a1"]);
      await expect(ids({ after: "nobody" })).rejects.toMatchObject({ code: "unknown-run" });
      const lease = await heldRun(store, "c");
      await store.commit([entry(lease, [], { row: patch({ status: "failed" }) })]);
      expect(await ids({ status: ["failed", "paused"] })).toEqual(["c"]);
      expect(await ids({ status: ["queued"] })).not.toContain("c");
      expect(await ids({ status: [] })).toEqual([]);
    });

    it("pages through runs of one millisecond without a gap or a repeat", async () => {
      const { store } = opened();
      await store.putDefinition(definition);
      const made = Array.from({ length: 7 }, (_, i) => `r${i}`);
      for (const id of made) await store.createRun(newRun(id));
      const seen: string[] = [];
      for (let page = await store.listRuns({ limit: 2 }); page.length > 0; ) {
        seen.push(...page.map((row) => row.id));
        page = await store.listRuns({ limit: 2, after: seen.at(-1)! });
      }
      expect(seen).toEqual(made.toReversed());
    });

    it("keeps ids, keys and names of any letters apart", async () => {
      const { store } = opened();
      await store.putDefinition(definition);
      const odd = ["__proto__", "constructor", "ünï 🚀", "🚀", "a'b\"c;--", "%", "_%", "A", "a"];
      for (const id of odd) await store.createRun(newRun(id, { idempotencyKey: id, workflow: id, by: id }));
      for (const id of odd) {
        expect(await store.getRun(id)).toMatchObject({ id, idempotencyKey: id, workflow: id, by: id });
        expect((await store.listRuns({ workflow: id })).map((row) => row.id)).toEqual([id]);
        expect((await store.listRuns({ idPrefix: id })).map((row) => row.id)).toEqual(
          odd.filter((other) => other.startsWith(id)).toReversed(),
        );
      }
      expect(await store.getRun("toString")).toBeUndefined();
    });
  });
}
