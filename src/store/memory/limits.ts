import type { LimitHolder, LimitStore } from "../../engine/ports.js";
import { type ClaimRow, counts, nameOf, settleAsks, type TokenRow, takerOf, usedOf } from "../limits.js";
import { heldRun, type State } from "./state.js";

type Kept = Omit<ClaimRow, "lease">;

export function limits(state: State): LimitStore {
  const claims = new Map<number, Kept>();
  let tokens: readonly TokenRow[] = [];
  let last = 0;
  const wakeNext = (name: string, now: number) => {
    const waiting = [...claims.values()].filter((row) => row.name === name && !row.isHeld);
    const [next] = waiting.sort((a, b) => b.priority - a.priority || a.no - b.no);
    const held = next === undefined ? undefined : state.runs.get(next.run);
    if (held === undefined || held.row.owner !== null || (held.row.wakeAt ?? Number.POSITIVE_INFINITY) <= now) return;
    held.row = { ...held.row, wakeAt: now };
  };
  const giveBack = ({ run, epoch }: LimitHolder, isGiven: (stage: string) => boolean, now: number) => {
    if (heldRun(state, run).row.epoch !== epoch) return;
    const left = [...claims.values()].filter((row) => row.run === run && isGiven(row.stage));
    for (const { no } of left) claims.delete(no);
    for (const name of new Set(left.map((row) => row.name))) wakeNext(name, now);
  };
  return {
    async askLimits(asks, owner, now) {
      for (const { no, run } of claims.values()) if (heldRun(state, run).row.endedAt !== null) claims.delete(no);
      for (const { run, stage, priority, claims: wanted } of asks) {
        for (const claim of wanted) {
          const name = nameOf(claim);
          const isKnown = (row: Kept) => row.name === name && row.run === run && row.stage === stage;
          if ([...claims.values()].some(isKnown)) continue;
          last += 1;
          const cost = claim.kind === "token" ? claim.cost : 1;
          claims.set(last, { name, run, stage, no: last, priority, epoch: null, isHeld: false, until: now + 1, cost });
        }
        const spans = wanted.flatMap((claim) => (claim.kind === "token" ? [[nameOf(claim), claim.per] as const] : []));
        for (const [name, per] of spans)
          tokens = tokens.filter((token) => token.name !== name || counts(token, per, now));
      }
      const rows = [...claims.values()].map((row) => ({ ...row, lease: heldRun(state, row.run).row }));
      const { answers, changed, gone, taken } = settleAsks(asks, rows, tokens, owner, now);
      for (const no of gone) claims.delete(no);
      for (const { lease: _, ...row } of changed) claims.set(row.no, row);
      tokens = [...tokens, ...taken];
      return answers;
    },
    async settleTokens(use) {
      const used = usedOf(use);
      const taker = takerOf(use);
      const isTheirs = (token: TokenRow) => token.taker === taker && used.has(token.name);
      tokens = tokens
        .map((token) => (isTheirs(token) ? { ...token, cost: used.get(token.name) ?? 0 } : token))
        .filter(({ cost }) => cost > 0);
    },
    async leaveLimits(holder, stages, now) {
      giveBack(holder, (stage) => stages.includes(stage), now);
    },
    async keepLimits(holder, stages, now) {
      giveBack(holder, (stage) => !stages.includes(stage), now);
    },
  };
}
