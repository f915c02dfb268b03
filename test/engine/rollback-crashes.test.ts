import { expect, it } from "vitest";
import { fold } from "../../src/core/apply.js";
import type { CompensatePlan, Plan } from "../../src/core/plan.js";
import { Engine } from "../../src/engine/engine.js";
import type { Store } from "../../src/engine/ports.js";
import { type JsonObject, type StageContext, StageError, type StageType } from "../../src/plugin/api.js";
import { memoryStore } from "../../src/store/memory/store.js";
import { begin, testHost } from "../support/host.js";
import { plan, type StageSpec } from "../support/plan.js";

const ANY = { type: "object" };
const NEVER = new Promise<never>(() => {});
const RETRY = { maxAttempts: 2, delay: 0, backoff: "fixed", factor: 1, maxDelay: 0, jitter: "none" } as const;

const undo = (of: string, more: Partial<CompensatePlan> = {}): StageSpec => ({
  compensate: { uses: "undo", with: { of }, ...more },
});
const boom: StageSpec = { with: { fails: true }, onError: [{ do: "rollback" }] };
const items = { items: [1, 2], as: "item", concurrency: 1, tolerate: {} };

/** Groups in groups, a list and a loop, each with stages to undo. */
const inner: Record<string, StageSpec> = {
  x: undo("x"),
  h: { needs: ["x"], stages: { p: undo("p"), q: { needs: ["p"], ...undo("busy", { retry: RETRY }) } } },
  each: { needs: ["h"], forEach: items, ...undo("each") },
};

const CASES: Readonly<
  Record<string, { readonly of: Plan; readonly status: string; readonly left: readonly string[] }>
> = {
  "scopes in scopes are undone": {
    of: plan("a -> g -> boom", { a: undo("a"), g: { stages: inner }, boom }),
    status: "rolledBack",
    left: [],
  },
  "a group is undone as one, and so is one inside of it": {
    of: plan("a -> g -> boom", {
      a: undo("a"),
      g: { stages: { h: { stages: { p: undo("p") }, ...undo("h") }, y: { needs: ["h"], ...undo("y") } } },
      boom,
    }),
    status: "rolledBack",
    left: [],
  },
  "an undo fails for good, in a group and beside it": {
    of: plan("a -> b -> g -> boom", {
      a: undo("a"),
      b: undo("never"),
      g: { stages: { p: undo("never"), q: undo("q") } },
      boom,
    }),
    status: "rollbackFailed",
    left: ["g/p", "b"],
  },
};

const work: StageType = {
  ...{ name: "work", kind: "effect", title: "Work", description: "Works.", input: ANY, output: ANY },
  run: async ({ fails }: JsonObject) => {
    if (fails === true) throw new StageError("no", "it does not work");
    return { outputs: {} };
  },
};

/** `busy` succeeds at its second try, `never` does not at all. */
function undoing(tries: string[]): StageType {
  return {
    ...{ name: "undo", kind: "effect", title: "Undo", description: "Undoes.", input: ANY, output: ANY },
    run: async ({ of }: JsonObject, { run, attempt, idempotencyKey }: StageContext) => {
      tries.push(idempotencyKey);
      if (of === "never") throw new StageError("stuck", `${run.stage} cannot be undone`);
      if (of === "busy" && attempt === 1) throw new StageError("busy", "try again", { retryable: true });
      return { outputs: {} };
    },
  };
}

/** Its calls neither happen nor return once it died, right after its commit number `diesAt`. */
function mortal(store: Store, diesAt: number) {
  let died: () => void = () => {};
  const death = new Promise<"died">((resolve) => {
    died = () => resolve("died");
  });
  let commits = 0;
  let isDead = false;
  const call = async (name: string, action: () => Promise<unknown>) => {
    if (isDead) return NEVER;
    const result = await action();
    if (name === "commit" && ++commits === diesAt) {
      isDead = true;
      died();
    }
    return isDead ? NEVER : result;
  };
  const methods = Object.entries(store).map(([name, method]) => {
    const action = method as (...given: unknown[]) => Promise<unknown>;
    return [name, (...given: unknown[]) => call(name, () => action(...given))];
  });
  return { store: Object.fromEntries(methods) as unknown as Store, death };
}

/** The run to its end, through the death of its first process after its commit number `diesAt`. */
async function live(of: Plan, diesAt: number) {
  const store = memoryStore();
  const tries: string[] = [];
  const types = [work, undoing(tries)];
  const first = mortal(store, diesAt);
  const engine = new Engine(
    testHost(types, { store: first.store, owner: { name: "first", isDead: () => false }, newId: () => "run" }),
  );
  const run = await begin(engine, of);
  const end = await Promise.race([engine.drive(run, { patience: 0 }), first.death]);
  if (end === "died") {
    const owner = { name: "second", isDead: (name: string) => name === "first" };
    await new Engine(testHost(types, { store, owner })).drive(run, { patience: 0 });
  }
  const events = (await store.readEvents(run)).map(({ event }) => event);
  fold(of, events);
  const undone = events.flatMap((event) => (event.type === "compensated" ? [event.stage] : []));
  const last = events.at(-1);
  return {
    isCut: end === "died",
    keys: [...new Set(tries)],
    came: {
      undone,
      status: last?.type === "runEnded" ? last.status : "open",
      left: last?.type === "runEnded" ? (last.left ?? []) : [],
    },
  };
}

it.each(Object.entries(CASES))("killed after any write, %s as without it", async (_, { of, status, left }) => {
  const plain = await live(of, Number.POSITIVE_INFINITY);
  expect(plain.came).toMatchObject({ status, left });
  let cuts = 0;
  for (let at = 1; ; at++) {
    const { isCut, keys, came } = await live(of, at);
    expect(came, `killed at commit ${at}`).toEqual(plain.came);
    // One key a stage, however often it is tried.
    expect(keys.sort()).toEqual([...plain.keys].sort());
    if (!isCut) break;
    cuts += 1;
  }
  expect(cuts).toBeGreaterThan(plain.came.undone.length);
});
