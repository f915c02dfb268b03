/** Who is granted what, for every store: it reads what there is of the groups asked for, and keeps what comes of it. */
import { bug } from "../core/errors.js";
import type { StagePath } from "../core/event.js";
import type { LimitClaim, LimitWait } from "../core/limit.js";
import type { LimitAnswer, LimitAsk, LimitAsker, RunRow, TokenUse } from "../engine/ports.js";

/** How long after the time it was told to come back one keeps its turn without asking again: milliseconds. */
export const TURN_MS = 15_000;

/** One claim on one group, held or waited for. */
export interface ClaimRow {
  /** The same for a place and a token of one name, which have nothing to do with each other. */
  readonly name: string;
  readonly run: string;
  readonly stage: StagePath;
  /** Grows with every new claim. */
  readonly no: number;
  readonly priority: number;
  readonly epoch: number | null;
  readonly isHeld: boolean;
  /** Of one that waits: it keeps its turn until then. */
  readonly until: number;
  readonly cost: number;
  /** Of its run. */
  readonly lease: Pick<RunRow, "owner" | "leaseUntil" | "epoch">;
}

/** Tokens taken, by `taker`, which takes but once. */
export interface TokenRow {
  readonly name: string;
  readonly taker: string;
  readonly at: number;
  readonly cost: number;
}

export function nameOf({ kind, group }: Pick<LimitClaim, "kind" | "group">): string {
  return `${kind} ${group}`;
}

export function takerOf({ run, stage, attempt }: Pick<LimitAsk, "run" | "stage" | "attempt">): string {
  return `${run}/${stage}#${attempt}`;
}

/** Tokens of the last `per` milliseconds. One from far ahead was taken before the clock was set back and counts no more. */
export function counts(token: TokenRow, per: number, now: number): boolean {
  return token.at > now - per && token.at <= now + per;
}

/** The cost of each token group that was used, by the group's name as it is kept. */
export function usedOf({ costs }: TokenUse): ReadonlyMap<string, number> {
  return new Map(costs.map(({ group, cost }) => [nameOf({ kind: "token", group }), cost]));
}

/** What asking comes to: the answers, and what is different from what was read. */
export interface Settled {
  readonly answers: readonly LimitAnswer[];
  /** Rows that changed, as they are now. */
  readonly changed: readonly ClaimRow[];
  /** Rows that are no more, by `no`. */
  readonly gone: readonly number[];
  readonly taken: readonly TokenRow[];
}

/** Settles several asks one after the other. `rows` holds what they claim too, held or not yet. */
export function settleAsks(
  asks: readonly LimitAsk[],
  rows: readonly ClaimRow[],
  tokens: readonly TokenRow[],
  asker: LimitAsker,
  now: number,
): Settled {
  const current = new Map(rows.map((row) => [row.no, row]));
  const changed = new Map<number, ClaimRow>();
  const gone: number[] = [];
  const taken: TokenRow[] = [];
  const answers = asks.map((ask) => {
    if (isBehind(ask, current.values())) return toldToWait(ask, now);
    const answer = answerOf(ask, [...current.values()], [...tokens, ...taken], asker, now);
    for (const claim of ask.claims) {
      const own = ownOf(ask, claim, current.values());
      if (answer === undefined && claim.kind === "token") {
        current.delete(own.no);
        gone.push(own.no);
        const token = { name: own.name, taker: takerOf(ask), at: now, cost: Math.min(claim.cost, claim.limit) };
        const isTaken = [...tokens, ...taken].some(({ name, taker }) => name === token.name && taker === token.taker);
        if (!isTaken) taken.push(token);
        continue;
      }
      const next =
        answer === undefined
          ? { ...own, isHeld: true, epoch: ask.outlasts ? null : ask.epoch }
          : { ...own, isHeld: false, until: Math.max(now, answer.at ?? now) + TURN_MS };
      current.set(own.no, next);
      changed.set(own.no, next);
    }
    return answer;
  });
  return { answers, changed: [...changed.values()], gone, taken };
}

/** Another has followed the lease it asks under. */
function isBehind(ask: LimitAsk, rows: Iterable<ClaimRow>): boolean {
  const [claim] = ask.claims;
  return claim !== undefined && ask.epoch !== null && ownOf(ask, claim, rows).lease.epoch !== ask.epoch;
}

/** It will soon hear that the run is no longer its own. */
function toldToWait({ claims }: LimitAsk, now: number): LimitAnswer {
  const [claim] = claims;
  if (claim === undefined) return undefined;
  const { kind, group } = claim;
  return kind === "place" ? { kind, group } : { kind, group, at: now + claim.per };
}

/** What one ask comes to. Where it waits for several things, the one that takes longest is told. */
function answerOf(
  ask: LimitAsk,
  rows: readonly ClaimRow[],
  tokens: readonly TokenRow[],
  asker: LimitAsker,
  now: number,
): LimitAnswer {
  let wait: LimitWait | undefined;
  for (const claim of ask.claims) {
    const own = ownOf(ask, claim, rows);
    const before = rows.filter(
      (row) => row.name === own.name && row !== own && isAlive(row, asker, now) && (row.isHeld || isAhead(row, own)),
    );
    const found =
      claim.kind === "place" ? waitForPlace(claim, own, ask, before) : waitForTokens(claim, ask, before, tokens, now);
    if (found !== undefined && (wait === undefined || (found.at ?? 0) > (wait.at ?? 0))) wait = found;
  }
  return wait;
}

function ownOf(ask: LimitAsk, claim: LimitClaim, rows: Iterable<ClaimRow>): ClaimRow {
  const name = nameOf(claim);
  for (const row of rows) if (row.run === ask.run && row.stage === ask.stage && row.name === name) return row;
  throw bug(`the claim of ${ask.stage} on ${name} was not kept`);
}

function waitForPlace(
  { group, limit }: LimitClaim,
  own: ClaimRow,
  { epoch }: LimitAsk,
  before: readonly ClaimRow[],
): LimitWait | undefined {
  const isHeldAlready = own.isHeld && (own.epoch === null || own.epoch === epoch);
  return isHeldAlready || before.length < limit ? undefined : { kind: "place", group };
}

function waitForTokens(
  claim: Extract<LimitClaim, { kind: "token" }>,
  ask: LimitAsk,
  before: readonly ClaimRow[],
  all: readonly TokenRow[],
  now: number,
): LimitWait | undefined {
  const { group, limit, per } = claim;
  const taken = all.filter((token) => token.name === nameOf(claim) && counts(token, per, now));
  if (taken.some(({ taker }) => taker === takerOf(ask))) return undefined;
  const used = sum(taken) + sum(before);
  // One that costs more than the limit waits until nothing else counts.
  let over = used + Math.min(claim.cost, limit) - limit;
  if (over <= 0) return undefined;
  for (const token of taken.toSorted((a, b) => a.at - b.at)) {
    over -= token.cost;
    if (over <= 0) return { kind: "token", group, at: token.at + per };
  }
  return { kind: "token", group, at: now + per };
}

function sum(rows: readonly { readonly cost: number }[]): number {
  return rows.reduce((total, { cost }) => total + cost, 0);
}

function isAhead(row: ClaimRow, own: ClaimRow): boolean {
  return row.priority > own.priority || (row.priority === own.priority && row.no < own.no);
}

/** Does it count? Not once its process is dead, its lease over, or its turn forgotten. */
function isAlive({ isHeld, epoch, until, lease }: ClaimRow, asker: LimitAsker, now: number): boolean {
  if (isHeld && epoch === null) return true;
  const isDriven = lease.owner !== null && (lease.leaseUntil ?? 0) > now && !asker.isDead(lease.owner);
  if (isHeld) return isDriven && lease.epoch === epoch;
  return until > now && (isDriven || lease.owner === null);
}
