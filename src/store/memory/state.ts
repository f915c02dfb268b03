import type { KeptAuditEntry } from "../../core/audit.js";
import type { Recorded, StagePath } from "../../core/event.js";
import type {
  AlertRow,
  ApprovalRow,
  DataKey,
  InboxMessage,
  Occurrence,
  RunRow,
  Snapshot,
  StoredDefinition,
} from "../../engine/ports.js";
import { unknownRun } from "../rules.js";

/** One run and all that belongs to it. Rows are replaced, never changed, so handing one out is safe. */
export interface Held {
  row: RunRow;
  readonly journal: Recorded[];
  /** Stage instances that did their work. */
  readonly done: Set<StagePath>;
  readonly inbox: InboxMessage[];
  readonly group: string | null;
  snapshot?: Snapshot;
}

export interface State {
  readonly definitions: Map<string, StoredDefinition>;
  /** In order of creation. */
  readonly runs: Map<string, Held>;
  /** `workflow` and key, as JSON, to the run they were first used for. */
  readonly keys: Map<string, string>;
  /** In order of opening. */
  readonly approvals: Map<string, ApprovalRow>;
  /** By key. */
  readonly alerts: Map<string, AlertRow>;
  messages: number;
  /** By key, in the order they were kept; `run` said it. */
  readonly occurrences: Map<string, Occurrence & { readonly run?: string }>;
  /** The `no` of the last one. */
  occurred: number;
  readonly dataKeys: Map<string, DataKey>;
  /** The audit trail. */
  readonly trail: KeptAuditEntry[];
}

export function emptyState(): State {
  return {
    definitions: new Map(),
    runs: new Map(),
    keys: new Map(),
    approvals: new Map(),
    alerts: new Map(),
    messages: 0,
    occurrences: new Map(),
    occurred: 0,
    dataKeys: new Map(),
    trail: [],
  };
}

/** @throws StagecraftError `unknown-run` */
export function heldRun(state: State, id: string): Held {
  const held = state.runs.get(id);
  if (!held) throw unknownRun(id);
  return held;
}
