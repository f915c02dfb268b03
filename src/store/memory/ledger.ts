import type { SpendingLimit } from "../../core/budget.js";
import type { Ledger, Reservation, Spending } from "../../engine/ports.js";
import { BELOW, dayOf, exceeded, nanosOf, type Sum, tokensOf, usdOf } from "../spending.js";

interface Entry extends Reservation {
  readonly isSettled: boolean;
}

export function ledger(): Ledger {
  const entries = new Map<string, Entry>();
  return {
    async reserve(entry, limits) {
      for (const limit of limits) {
        const refused = exceeded(limit, sumOf([...entries.values()].filter(within(limit, entry))), entry);
        if (refused !== undefined) return refused;
      }
      entries.set(entry.id, { ...entry, isSettled: false });
      return undefined;
    },
    async settle(id, usage) {
      const settled = entries.get(id);
      if (settled === undefined) return;
      const { usd, price } = settled.estimate;
      // An unknown price leaves the reserved one standing.
      const used = usage.usd === null ? { ...usage, usd, ...(price === undefined ? {} : { price }) } : usage;
      for (const [other, entry] of entries) {
        const { run, stage, step, attempt } = entry;
        const isRepeated =
          !entry.isSettled &&
          run === settled.run &&
          stage === settled.stage &&
          step === settled.step &&
          attempt < settled.attempt;
        if (other === id) entries.set(id, { ...entry, estimate: used, isSettled: true });
        else if (isRepeated) entries.set(other, { ...entry, estimate: { ...used, estimated: true } });
      }
    },
    async giveBack(id) {
      entries.delete(id);
    },
    async spending({ run, workflow, since }) {
      const groups = new Map<string, Spending>();
      for (const entry of entries.values()) {
        if (run !== undefined && entry.run !== run) continue;
        if (workflow !== undefined && entry.workflow !== workflow) continue;
        if (since !== undefined && entry.at < since) continue;
        const { provider, model, price = "" } = entry.estimate;
        const key = [entry.workflow, entry.stage, model, dayOf(entry.at), provider, price].join("\n");
        groups.set(key, added(groups.get(key), entry));
      }
      return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
    },
  };
}

function within(limit: SpendingLimit, entry: Reservation): (other: Entry) => boolean {
  switch (limit.scope) {
    case "run":
      return ({ run }) => run === entry.run;
    case "workflow":
      return ({ workflow }) => workflow === entry.workflow;
    case "day":
      return ({ workflow, at }) => workflow === entry.workflow && dayOf(at) === dayOf(entry.at);
    case "stage": {
      const { stage = "" } = limit;
      const isBelow = (path: string) => path === stage || BELOW.some((mark) => path.startsWith(stage + mark));
      return (other) => other.run === entry.run && isBelow(other.stage);
    }
  }
}

function sumOf(entries: readonly Entry[]): Sum {
  return {
    nanos: entries.reduce((sum, { estimate }) => sum + nanosOf(estimate.usd ?? 0), 0),
    tokens: entries.reduce((sum, { estimate }) => sum + tokensOf(estimate), 0),
  };
}

function added(group: Spending | undefined, { workflow, stage, at, estimate, isSettled }: Entry): Spending {
  const { provider, model, usd } = estimate;
  const price = usd === null ? null : (estimate.price ?? null);
  return {
    ...{ workflow, stage, provider, model, day: dayOf(at), price },
    calls: (group?.calls ?? 0) + 1,
    unpriced: (group?.unpriced ?? 0) + (estimate.usd === null ? 1 : 0),
    estimated: (group?.estimated ?? 0) + (estimate.estimated || !isSettled ? 1 : 0),
    inputTokens: (group?.inputTokens ?? 0) + estimate.inputTokens,
    outputTokens: (group?.outputTokens ?? 0) + estimate.outputTokens,
    usd: usdOf(nanosOf(group?.usd ?? 0) + nanosOf(estimate.usd ?? 0)),
  };
}
