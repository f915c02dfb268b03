import { describe, expect, it } from "vitest";
import { StagecraftError } from "../../src/core/errors.js";
import type { Plan, PolicyPlan } from "../../src/core/plan.js";
import { Engine } from "../../src/engine/engine.js";
import { StageError, type StageType } from "../../src/plugin/api.js";
import { memoryStore } from "../../src/store/memory/store.js";
import { begin, journalOf, Stage, stored, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const ANY = { type: "object" };
const nap: StageType = {
  name: "nap",
  kind: "wait",
  title: "Nap",
  description: "Waits.",
  input: ANY,
  output: ANY,
  outcomes: ["over"],
  open: (_, { now }) => ({ timers: [{ outcome: "over", at: now + 1_000 }] }),
};
const NAP = { uses: "nap", kind: "wait" as const, outcomes: ["over"] };
/** `a` is done, `gate` waits, what follows is to come. */
const OLD = plan("a -> gate, gate.over -> b -> c", { gate: NAP });

async function waiting(was: Plan = OLD) {
  const work = new Stage();
  const host = testHost([work.type, nap]);
  const engine = new Engine(host);
  const id = await begin(engine, was);
  expect(await engine.drive(id, { patience: 0 })).toBe("waiting");
  const move = (to: Plan, isDry = false) => engine.migrate(id, stored(to), { by: "ann", inputs: {}, isDry });
  const finish = async () => {
    host.clock.set(host.clock.now() + 2_000);
    expect(await engine.drive(id, { patience: 1_000_000 })).toBe("ended");
    return journalOf(host.store, id);
  };
  return { work, host, engine, id, move, finish };
}

describe("a run that is moved to a newer definition", () => {
  const NEW = plan(
    "a -> gate, gate.over -> b, b -> d -> c",
    { gate: NAP, b: { with: { n: 2 } }, a: { compensate: { uses: "work" } } },
    { version: "2.0.0", outputs: { ok: true } },
  );

  it("goes on by that one from where it is, and does nothing finished again", async () => {
    const { work, host, id, move, finish } = await waiting();
    expect((await move(NEW)).refusals).toEqual([]);
    const [from, to] = [stored(OLD).hash, stored(NEW).hash];
    expect(await host.store.getRun(id)).toMatchObject({ definition: to, version: "2.0.0", owner: null });
    const last = (await host.store.readEvents(id)).at(-1);
    expect(last?.event).toMatchObject({ type: "runMigrated", from, to, version: "2.0.0", by: "ann" });
    expect(await finish()).toEqual({ a: "succeeded", gate: "over", b: "succeeded", d: "succeeded", c: "succeeded" });
    expect(work.attempts.map(({ stage, input }) => [stage, input])).toEqual([
      ["a", {}],
      ["b", { n: 2 }],
      ["d", {}],
      ["c", {}],
    ]);
    expect((await host.store.getRun(id))?.outputs).toEqual({ ok: true });
  });

  it("is told of every difference and what comes of it, and is left as it was when that is all that was asked", async () => {
    const { host, id, move } = await waiting();
    const before = await host.store.getRun(id);
    const { changes, words } = await move(NEW, true);
    expect(changes.map(({ stage, change, words, outlook }) => [stage, change, words.join(), outlook])).toEqual([
      ["a", "changed", "compensate", "stays as it ended; undone as it now says"],
      ["b", "changed", "with", "will run as it now says"],
      ["c", "changed", "needs", "will run as it now says"],
      ["d", "added", "", "runs once what it needs has ended"],
    ]);
    expect(words).toEqual(["version", "outputs"]);
    expect(await host.store.getRun(id)).toMatchObject({ definition: before?.definition, headSeq: before?.headSeq });
  });

  it("takes part in the difference with what is inside groups", async () => {
    const { move } = await waiting(plan("g, gate", { g: { stages: "x" }, gate: NAP }));
    const { changes, refusals } = await move(plan("g, gate", { g: { stages: "x, y" }, gate: NAP }), true);
    expect(changes).toMatchObject([{ stage: "g/y", change: "added" }]);
    expect(refusals).toEqual(["g has ended succeeded, and the new definition has g/y inside of it"]);
  });

  it.each<[string, Plan, string]>([
    ["has lost a finished stage", plan("gate, gate.over -> b", { gate: NAP }), "a has ended succeeded, and the new"],
    ["makes a finished stage another kind", plan("a -> gate", { a: { kind: "pure" }, gate: NAP }), "as an effect; in"],
    ["puts a stage before a finished one", plan("z -> a -> gate", { gate: NAP }), "a has gone further than the new"],
    ["is of another workflow", plan("a -> gate", { gate: NAP }, { id: "other" }), "the run is one of test, and the"],
  ])("is refused one that %s, with the reason, and stays as it was", async (_, to, reason) => {
    const { move, finish, host, id } = await waiting();
    const { refusals } = await move(to);
    expect(refusals).toEqual([expect.stringContaining(reason)]);
    expect(await host.store.getRun(id)).toMatchObject({ definition: stored(OLD).hash });
    expect(await finish()).toEqual({ a: "succeeded", gate: "over", b: "succeeded", c: "succeeded" });
  });

  it("is refused one whose policies what it has done already breaks", async () => {
    const policy: PolicyPlan = {
      id: "four-eyes",
      stage: "gate",
      requires: [{ stage: "check", outcome: null }],
      mustCompensate: false,
      distinct: [],
    };
    const { move } = await waiting();
    const { refusals } = await move(plan("a -> gate, check", { gate: NAP }, { policies: [policy] }));
    expect(refusals).toEqual([expect.stringContaining("policy four-eyes requires check")]);
  });

  it("is moved again, and by a process that knows only the journal", async () => {
    const { move, host, id, work } = await waiting();
    await move(NEW);
    const third = plan("a -> gate, gate.over -> b, b -> d -> c, d -> e", { gate: NAP }, { version: "3.0.0" });
    expect((await move(third)).refusals).toEqual([]);
    host.clock.set(host.clock.now() + 2_000);
    const heir = new Engine(testHost([work.type, nap], { store: host.store, clock: host.clock } as object));
    expect(await heir.drive(id, { patience: 0 })).toBe("ended");
    expect(await journalOf(host.store, id)).toMatchObject({ e: "succeeded" });
  });

  it("is not moved once it failed, and is told what goes on instead", async () => {
    const work = new Stage();
    work.answer = () => {
      throw new StageError("broken", "it does not work");
    };
    const host = testHost([work.type, nap]);
    const engine = new Engine(host);
    const id = await begin(engine, OLD);
    expect(await engine.drive(id, { patience: 0 })).toBe("ended");
    const before = await host.store.readEvents(id);
    const { refusals } = await engine.migrate(id, stored(NEW), { by: "ann", inputs: {}, isDry: false });
    expect(refusals).toEqual([expect.stringMatching(/^the run is over: .*started from now on; retry and fork go by/)]);
    expect(await host.store.readEvents(id)).toEqual(before);
  });

  it("is not moved while another process drives it", async () => {
    const { engine, host, id } = await waiting();
    await host.store.claim(id, { name: "other", isDead: () => false }, host.clock.now(), host.clock.now() + 9_000);
    await expect(engine.migrate(id, stored(NEW), { by: "ann", inputs: {}, isDry: false })).rejects.toMatchObject({
      code: "run-busy",
    });
  });
});

describe("a process that dies while it moves a run", () => {
  it.each(["before", "after"])(
    "%s the commit leaves a run that goes on, by the one definition or the other",
    async (when) => {
      const inner = memoryStore();
      let isDying = false;
      const store = {
        ...inner,
        commit: async (entries: Parameters<typeof inner.commit>[0]) => {
          if (isDying && when === "before") throw new StagecraftError("store-io", "died", { kind: "environment" });
          const outcomes = await inner.commit(entries);
          if (isDying) throw new StagecraftError("store-io", "died", { kind: "environment" });
          return outcomes;
        },
      };
      const work = new Stage();
      const host = testHost([work.type, nap], { store });
      const engine = new Engine(host);
      const id = await begin(engine, OLD);
      await engine.drive(id, { patience: 0 });
      isDying = true;
      const to = stored(plan("a -> gate, gate.over -> b -> c -> d", { gate: NAP }, { version: "2.0.0" }));
      const moving = engine.migrate(id, to, { by: "ann", inputs: {}, isDry: false });
      await expect(moving).rejects.toMatchObject({ code: "store-io" });
      isDying = false;
      host.clock.set(host.clock.now() + 2_000);
      expect(await engine.drive(id, { patience: 0 })).toBe("ended");
      const ends = await journalOf(store, id);
      expect(Object.keys(ends).includes("d")).toBe(when === "after");
      expect(work.attempts.filter(({ stage }) => stage === "a")).toHaveLength(1);
    },
  );
});
