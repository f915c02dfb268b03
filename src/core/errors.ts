import type { Json, JsonObject } from "./json.js";

/** How a stage failed, as the journal keeps it and as `stages.x.error` shows it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly details?: Json;
  /** False: the same try can only fail again, so `retry` does not apply unless it lists the code. */
  readonly retryable: boolean;
  /** Milliseconds the other side asked us to wait (`Retry-After`). */
  readonly retryAfter?: number;
}

/** The code of a try whose end nobody knows: its process died. */
export const LOST = "attempt-lost";

/** A failure as expressions see it. */
export function errorJson(error: Failure): JsonObject {
  return { code: error.code, message: error.message, details: error.details ?? null };
}

/** What a plugin throws to say how it failed. Anything else thrown is taken as retryable `plugin-error`. */
export class StageError extends Error {
  override readonly name = "StageError";
  readonly code: string;
  readonly details: Json | undefined;
  readonly retryable: boolean;
  readonly retryAfter: number | undefined;
  /** True: what failed is known to have cost nothing. */
  readonly isFree: boolean;

  constructor(
    code: string,
    message: string,
    options: { details?: Json; retryable?: boolean; retryAfter?: number; isFree?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.details = options.details;
    this.retryable = options.retryable ?? false;
    this.retryAfter = options.retryAfter;
    this.isFree = options.isFree ?? false;
  }
}

/** Which side is at fault decides how it is shown and what the process exits with. */
export type FaultKind = "usage" | "denied" | "environment" | "bug";

/**
 * A fault met outside a stage: a bad flag, an unknown run, a locked database.
 * `usage` and `environment` are for the person to mend (exit 2), `denied` exits 5, `bug` is ours.
 */
export class StagecraftError extends Error {
  override readonly name = "StagecraftError";
  readonly code: string;
  readonly kind: FaultKind;
  readonly help: string | undefined;

  constructor(code: string, message: string, options: { kind?: FaultKind; help?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.kind = options.kind ?? "usage";
    this.help = options.help;
  }
}

/** An invariant of ours does not hold. Never the user's fault. */
export function bug(message: string): StagecraftError {
  return new StagecraftError("internal", message, {
    kind: "bug",
    help: "This is a fault in Stagecraft: please report it with the run's id.",
  });
}
