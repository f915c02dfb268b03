import type { Decision } from "../../../src/core/approval.js";
import type { Event } from "../../../src/core/event.js";
import type { Json } from "../../../src/core/json.js";
import type { Plan } from "../../../src/core/plan.js";
import type {
  ApprovalRow,
  CommitEntry,
  Lease,
  NewRun,
  Owner,
  RunPatch,
  Store,
  StoredDefinition,
} from "../../../src/engine/ports.js";

/** One store and ways to reach what it keeps from outside. */
export interface Fixture {
  readonly store: Store;
  /** Another store on the same data, as another process would open it; closed by `teardown`. */
  another(): Promise<Store>;
  teardown(): Promise<void>;
}

export type Setup = () => Promise<Fixture>;

export const T0 = 1_800_000_000_000;

const plan: Plan = {
  format: 1,
  called: {},
  workflow: {
    id: "payment",
    version: "1.0.0",
    inputs: {},
    optional: [],
    state: {},
    secrets: [],
    agents: {},
    rulesets: {},
    graph: { stages: [] },
    outputs: {},
    maxParallel: 10,
    failFast: false,
  },
};

export const definition: StoredDefinition = {
  hash: "d".repeat(64),
  id: "payment",
  version: "1.0.0",
  source: "id: payment\n",
  plan,
  at: T0,
};

export function newRun(id: string, over: Partial<NewRun> = {}): NewRun {
  const at = over.at ?? T0;
  const started: Event = { type: "runStarted", at, run: id, inputs: {}, by: "ann", definition: definition.hash };
  const base = { id, workflow: "payment", version: "1.0.0", definition: definition.hash, by: "ann", at };
  return { ...base, events: [started], ...over };
}

/** A run created and claimed, ready to be committed to. */
export async function heldRun(store: Store, id = "run-1", over: Partial<NewRun> = {}): Promise<Lease> {
  await store.putDefinition(definition);
  await store.createRun(newRun(id, over));
  return claimed(store, id);
}

export async function claimed(store: Store, run: string, owner: Owner = worker("w1"), now = T0): Promise<Lease> {
  const lease = await store.claim(run, owner, now, now + 30_000);
  if (!lease) throw new Error(`${run} is held`);
  return lease;
}

export function worker(name: string, dead: readonly string[] = []): Owner {
  return { name, isDead: (other) => dead.includes(other) };
}

export function patch(over: Partial<RunPatch> = {}): RunPatch {
  const counts = { stages: 0, ended: 0, failed: 0 };
  const rest = { endedAt: null, wakeAt: null, waitingFor: null, outputs: null, error: null };
  return { status: "running", updatedAt: T0, ...counts, ...rest, ...over };
}

export function entry(lease: Lease, events: readonly Event[], over: Partial<CommitEntry> = {}): CommitEntry {
  const { run, epoch, headSeq: expectedSeq } = lease;
  const people = { opened: [], closed: [], widened: [], consumed: [] };
  return { run, epoch, expectedSeq, events, row: patch(), leaseUntil: T0 + 30_000, ...people, ...over };
}

/** The lease after a commit of `events` more. */
export function advanced(lease: Lease, events: number): Lease {
  return { ...lease, headSeq: lease.headSeq + events };
}

export function started(stage: string, attempt = 1): Event {
  return { type: "stageStarted", at: T0, stage, attempt };
}

export function ended(stage: string, outputs: Json = {}, outcome = "succeeded"): Event {
  return { type: "stageEnded", at: T0, stage, outcome, outputs };
}

export function approval(id: string, run: string, over: Partial<ApprovalRow> = {}): ApprovalRow {
  const quorum = { approve: 1, reject: 1 };
  return {
    id,
    run,
    workflow: "payment",
    stage: "gate",
    request: { title: "Pay?", approvers: ["role:manager"], forbid: [], quorum, outcomes: ["approved", "rejected"] },
    status: "open",
    decisions: [],
    outcome: null,
    openedAt: T0,
    expiresAt: null,
    settledAt: null,
    version: 1,
    ...over,
  };
}

export function decision(by: string, outcome = "approved"): Decision {
  return { by, via: "test", at: T0 + 5, outcome };
}
