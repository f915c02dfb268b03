import { apply, fold } from "../core/apply.js";
import { StagecraftError } from "../core/errors.js";
import type { Event } from "../core/event.js";
import type { Frozen } from "../core/snapshot/format.js";
import { freeze } from "../core/snapshot/freeze.js";
import { thaw } from "../core/snapshot/thaw.js";
import type { RunState } from "../core/state.js";
import type { Host, Snapshot, Store, StoredDefinition } from "./ports.js";
import { reducer } from "./reducer.js";

/** Events between two snapshots of a run, at least. */
const EVERY = 5_000;
/** And at least this part of what is there: all snapshots of a run together cost a few times the last one. */
const GROWTH = 0.25;

/** A run's state, and after which event it was kept last. */
export interface Loaded {
  readonly state: RunState;
  readonly snapshotAt: number;
}

/**
 * The state of a run: its newest snapshot where one fits, and the events behind it.
 * @param headSeq how many events there are known to be
 * @throws StagecraftError `store-corrupt` when there are fewer
 */
export async function loadState(
  store: Store,
  run: string,
  definition: StoredDefinition,
  headSeq: number,
  open: (event: Event) => Event = (event) => event,
): Promise<Loaded> {
  const kept = await store.snapshot(run);
  const base = kept === undefined || kept.seq > headSeq ? undefined : stateIn(kept, definition);
  const snapshotAt = base === undefined || kept === undefined ? 0 : kept.seq;
  const events = (await store.readEvents(run, snapshotAt)).map(({ event }) => open(event));
  if (snapshotAt + events.length < headSeq) throw tooShort(run, snapshotAt + events.length, headSeq);
  if (base === undefined) return { state: fold(definition.plan, events), snapshotAt };
  for (const event of events) apply(base, event);
  return { state: base, snapshotAt };
}

/** Undefined: other code or another plan made it, or it is damaged. */
function stateIn({ reducer: by, body }: Snapshot, definition: StoredDefinition): RunState | undefined {
  if (by !== nameOf(definition.hash)) return undefined;
  try {
    return thaw(definition.plan, JSON.parse(body) as Frozen);
  } catch {
    return undefined;
  }
}

function nameOf(definition: string): string | undefined {
  const code = reducer();
  return code === undefined ? undefined : `${code}/${definition}`;
}

function tooShort(run: string, found: number, expected: number): StagecraftError {
  return new StagecraftError("store-corrupt", `run ${run} has ${found} events where there must be ${expected}`, {
    kind: "environment",
    help: "stagecraft db check says what else is wrong; restore the last backup beside the file.",
  });
}

/** Keeps the state of one run now and then, while it is driven. */
export class Snapshots {
  readonly #host: Host;
  readonly #definition: string;
  #last: number;

  constructor(host: Host, definition: string, last: number) {
    this.#host = host;
    this.#definition = definition;
    this.#last = last;
  }

  /** The state after event `seq`, if it is time to keep it. It may only be kept once that event is on disk. */
  take(state: RunState, seq: number): Snapshot | undefined {
    const since = seq - this.#last;
    const { store, snapshotEvery } = this.#host;
    const every = snapshotEvery ?? (store.isVolatile ? Number.POSITIVE_INFINITY : EVERY);
    if (since < every || since < this.#last * GROWTH || state.phase === "ended") return undefined;
    const name = nameOf(this.#definition);
    const frozen = name === undefined ? undefined : freeze(state);
    this.#last = seq;
    return name === undefined || frozen === undefined
      ? undefined
      : { seq, reducer: name, body: JSON.stringify(frozen) };
  }

  /** Nothing waits for it: what does not come about is not missed. */
  keep(run: string, snapshot: Snapshot): void {
    const { store, log } = this.#host;
    store.keepSnapshot(run, snapshot).catch((error: Error) => {
      log.warn(`no snapshot of run ${run} at event ${snapshot.seq}: ${error.message}`);
    });
  }
}
