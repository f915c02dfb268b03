/** Of W3C Trace Context (https://www.w3.org/TR/trace-context): version, trace, span, flags. All zeros are nobody. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** A caller's place in a trace. Ids are hex, of 32 and 16 digits. */
export interface Traceparent {
  readonly traceId: string;
  readonly spanId: string;
  /** The caller wants to see what becomes of it. */
  readonly isSampled: boolean;
}

/** Undefined for what is none. */
export function parseTraceparent(text: string): Traceparent | undefined {
  const [, traceId, spanId, flags = "00"] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
