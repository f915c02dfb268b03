import { describe, expect, it } from "vitest";
import type { SpendingLimit } from "../../../src/core/budget.js";
import type { Usage } from "../../../src/core/event.js";
import type { Reservation } from "../../../src/engine/ports.js";
import { T0 } from "./material.js";
import type { Opened } from "./opened.js";

const usage = (more: Partial<Usage> = {}): Usage => ({
  ...{ provider: "openai", model: "m", inputTokens: 60, outputTokens: 40, estimated: true, usd: 0.1 },
  ...more,
});
const call = (id: string, more: Partial<Reservation> = {}): Reservation => ({
  ...{ id, run: "run-1", workflow: "w", stage: "ask", attempt: 1, step: id, at: T0, estimate: usage() },
  ...more,
});
const limit = (more: Partial<SpendingLimit>): SpendingLimit => ({ scope: "run", onExceed: "fail", ...more });

export function ledgerContract(opened: Opened): void {
  describe("the ledger", () => {
    it("lets through no more than a limit has room for, however many ask at once in two processes", async () => {
      const { store, another } = opened();
      const other = await another();
      const calls = Array.from({ length: 40 }, (_, index) => call(`c${index}`));
      const answers = await Promise.all(
        calls.map((one, index) => (index % 2 ? store : other).reserve(one, [limit({ usd: 0.7 })])),
      );
      expect(answers.filter((answer) => answer === undefined)).toHaveLength(7);
      expect(answers.find((answer) => answer !== undefined)).toEqual({
        limit: limit({ usd: 0.7 }),
        usd: 0.7,
        tokens: 700,
      });
      expect(await store.spending({})).toMatchObject([{ calls: 7, usd: 0.7, estimated: 7, unpriced: 0 }]);
    });

    it("counts what was really used once it is settled, and nothing where it is given back", async () => {
      const { store } = opened();
      await store.reserve(call("a"), []);
      await store.settle(
        "a",
        usage({
          model: "m-1",
          inputTokens: 5,
          outputTokens: 1,
          usd: 0.01,
          estimated: false,
          price: "openai/m-1@2026-01-01",
        }),
      );
      await store.reserve(call("b"), []);
      await store.giveBack("b");
      const [only, ...rest] = await store.spending({ run: "run-1" });
      expect(rest).toEqual([]);
      expect(only).toEqual({
        ...{
          workflow: "w",
          stage: "ask",
          provider: "openai",
          model: "m-1",
          price: "openai/m-1@2026-01-01",
          day: new Date(T0).toISOString().slice(0, 10),
        },
        ...{ calls: 1, unpriced: 0, estimated: 0, inputTokens: 5, outputTokens: 1, usd: 0.01 },
      });
    });

    it("forgets no call whose end nobody knows, and lets it hold no more than its repetition used", async () => {
      const { store } = opened();
      await store.reserve(call("lost", { step: "turn-1" }), []);
      const again = call("again", { step: "turn-1", attempt: 2 });
      expect(await store.reserve(again, [limit({ usd: 0.15 })])).toMatchObject({ usd: 0.1 });
      expect(await store.reserve(again, [limit({ usd: 0.2 })])).toBeUndefined();
      await store.settle("again", usage({ usd: 0.02, estimated: false }));
      expect(await store.spending({})).toMatchObject([{ calls: 2, estimated: 1, usd: 0.04 }]);
      await store.reserve(call("elsewhere", { step: "turn-1", stage: "other" }), []);
      await store.settle("again", usage({ usd: 0.02, estimated: false }));
      expect((await store.spending({})).map(({ stage, usd }) => [stage, usd])).toEqual([
        ["ask", 0.04],
        ["other", 0.1],
      ]);
    });

    it("knows each limit's own part: a stage with all below it, a run, a day, a workflow", async () => {
      const { store } = opened();
      const day = 24 * 60 * 60 * 1000;
      await store.reserve(call("a", { stage: "ask[3]" }), []);
      await store.reserve(call("b", { stage: "ask/inner" }), []);
      await store.reserve(call("c", { stage: "asking" }), []);
      await store.reserve(call("d", { run: "run-2" }), []);
      await store.reserve(call("e", { run: "run-3", at: T0 - day }), []);
      await store.reserve(call("f", { workflow: "v", run: "run-4" }), []);
      const spentIn = async (more: Partial<SpendingLimit>) =>
        (await store.reserve(call("x"), [limit({ ...more, tokens: 1 })]))?.tokens;
      expect(await spentIn({ scope: "stage", stage: "ask" })).toBe(200);
      expect(await spentIn({ scope: "run" })).toBe(300);
      expect(await spentIn({ scope: "day" })).toBe(400);
      expect(await spentIn({ scope: "workflow" })).toBe(500);
    });

    it("never takes an unknown price for nothing", async () => {
      const { store } = opened();
      const unknown = call("a", { estimate: usage({ usd: null }) });
      expect(await store.reserve(unknown, [limit({ usd: 1_000 })])).toMatchObject({ usd: 0 });
      expect(await store.reserve(unknown, [limit({ tokens: 1_000 })])).toBeUndefined();
      await store.reserve(call("b", { estimate: usage({ price: "row" }) }), []);
      await store.settle("b", usage({ usd: null }));
      const spent = [...(await store.spending({ since: T0 }))].sort((one, other) => one.usd - other.usd);
      expect(spent).toMatchObject([
        { calls: 1, unpriced: 1, usd: 0, price: null },
        { calls: 1, unpriced: 0, usd: 0.1, price: "row" },
      ]);
      expect(await store.spending({ since: T0 + 1 })).toEqual([]);
    });
  });
}
