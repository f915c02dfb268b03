import type { Lease, Owner, RunRow, Store } from "../../engine/ports.js";
import { ACTIVE, type Candidate, inTurn, POINT_MS } from "../rules.js";
import { type Held, heldRun, type State } from "./state.js";

type Part = Pick<Store, "claim" | "renew" | "release" | "claimable">;

export function leases(state: State): Part {
  return {
    async claim(run, owner, now, until) {
      const held = heldRun(state, run);
      if (!isFree(held.row, owner, now)) return undefined;
      const epoch = held.row.epoch + 1;
      held.row = { ...held.row, owner: owner.name, leaseUntil: until, epoch };
      return { run, owner: owner.name, epoch, until, headSeq: held.row.headSeq };
    },
    async renew(lease, until) {
      const held = heldRun(state, lease.run);
      if (!isHeldBy(held.row, lease)) return false;
      held.row = { ...held.row, leaseUntil: until };
      return true;
    },
    async release(lease) {
      const held = heldRun(state, lease.run);
      if (isHeldBy(held.row, lease)) held.row = { ...held.row, owner: null, leaseUntil: null };
    },
    async claimable(owner, now, limit) {
      const turns = new Map<string, number>();
      const driven = new Map<string, number>();
      const next = (counts: Map<string, number>, of: string) => {
        const count = (counts.get(of) ?? 0) + 1;
        counts.set(of, count);
        return count;
      };
      const free: RunRow[] = [];
      for (const held of state.runs.values()) {
        const { row } = held;
        if (row.owner !== null && (row.leaseUntil ?? 0) > now) next(driven, row.workflow);
        if (hasWork(held, now) && isFree(row, owner, now)) free.push(row);
      }
      const top = free.reduce((most, { priority }) => Math.max(most, priority), -Infinity);
      const waiting = free.map(({ id, workflow, priority, createdAt }): Candidate => {
        const urgency = createdAt <= now - (top - priority) * POINT_MS ? top : priority;
        return { id, workflow, urgency, turn: next(turns, `${urgency} ${workflow}`) };
      });
      const order = (a: Candidate, b: Candidate) => b.urgency - a.urgency || Number(a.turn) - Number(b.turn);
      return inTurn(waiting.sort(order).slice(0, limit), driven);
    },
  };
}

function isFree(row: RunRow, owner: Owner, now: number): boolean {
  return row.owner === null || (row.leaseUntil ?? 0) <= now || owner.isDead(row.owner);
}

function isHeldBy(row: RunRow, lease: Lease): boolean {
  return row.owner === lease.owner && row.epoch === lease.epoch;
}

function hasWork({ row, inbox }: Held, now: number): boolean {
  return ACTIVE.includes(row.status) || inbox.length > 0 || (row.wakeAt !== null && row.wakeAt <= now);
}
