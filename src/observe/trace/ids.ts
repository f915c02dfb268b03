import { createHash } from "node:crypto";
import type { RunState } from "../../core/state.js";
import { parseTraceparent } from "../../core/traceparent.js";

/** Which trace a run is part of. Hex, 32 and 16 digits. */
export interface Place {
  readonly traceId: string;
  /** The span of the caller that started the run. */
  readonly parent?: string;
  /** The caller does not want to see it. */
  readonly isSampled: boolean;
}

/** The caller's trace, or one of the run's own: the same in every process, and after every crash. */
export function placeOf({ id, traceparent }: Pick<RunState, "id" | "traceparent">): Place {
  const given = traceparent === null ? undefined : parseTraceparent(traceparent);
  if (given === undefined) return { traceId: digest(`trace ${id}`).slice(0, 32), isSampled: true };
  return { traceId: given.traceId, parent: given.spanId, isSampled: given.isSampled };
}

/** The span of a part of a run: the same in every process. */
export function spanId(run: string, part: string): string {
  return digest(`span ${run} ${part}`).slice(0, 16);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
