import { isRetryableStatus, retryAfterMs, StageError } from "stagecraft/plugin";

/** What the `openai` package throws, as far as we look at it. */
interface SdkError {
  readonly status?: number;
  readonly code?: string | null;
  readonly message?: string;
  readonly headers?: { get(name: string): string | null };
  readonly constructor: { readonly name: string };
}

const CODES: Readonly<Record<number, readonly [code: string, what: string]>> = {
  400: ["provider-bad-request", "refused the request"],
  401: ["provider-unauthorized", "does not accept the API key"],
  403: ["provider-forbidden", "does not allow this with the API key"],
  404: ["provider-not-found", "knows no such model or address"],
  408: ["provider-timeout", "took too long"],
  409: ["provider-conflict", "is busy with the same request"],
  413: ["provider-bad-request", "found the request too large"],
  422: ["provider-bad-request", "could not use the request"],
  429: ["provider-rate-limited", "asks to slow down"],
};

/** Where the request went, and the key that must never be shown. */
export interface Place {
  readonly host: string;
  readonly key: string;
}

/** A failure of the call as a StageError, without the key and without the SDK's own objects. */
export function toStageError(error: unknown, place: Place): StageError {
  if (error instanceof StageError) return error;
  const sdk = error as SdkError;
  const { status } = sdk;
  if (typeof status !== "number") return connectionFault(sdk, place);
  if (status === 429 && sdk.code === "insufficient_quota") {
    return new StageError("provider-quota", `${place.host} says the account's quota is used up`, {
      isFree: true,
      details: { status },
    });
  }
  const [code, what] = CODES[status] ?? (status >= 500 ? UNAVAILABLE : CODES[400]!);
  const retryAfter = retryAfterMs((name) => sdk.headers?.get(name), Date.now());
  // What a server says about a refused key repeats part of it.
  const said = status === 401 || status === 403 ? "" : `: ${scrub(sdk.message ?? "", place)}`;
  return new StageError(code, `${place.host} ${what} (${status})${said}`, {
    retryable: isRetryableStatus(status) || status === 409,
    details: { status },
    isFree: true,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

const UNAVAILABLE = ["provider-unavailable", "failed"] as const;

function connectionFault(sdk: SdkError, place: Place): StageError {
  if (sdk.constructor.name === "APIConnectionTimeoutError") {
    return new StageError("provider-timeout", `${place.host} took too long`, { retryable: true });
  }
  const broken = sdk.constructor.name === "SyntaxError";
  const what = broken ? "answered something that is not JSON" : "could not be reached, or broke off";
  return new StageError(broken ? "provider-bad-answer" : "provider-unreachable", `${place.host} ${what}`, {
    retryable: true,
    isFree: neverArrived(sdk),
  });
}

/** Nobody was there to answer; a connection that broke off later may have been paid for. */
function neverArrived(error: unknown): boolean {
  const seen = new Set<unknown>();
  for (let at = error; at instanceof Error && !seen.has(at); at = at.cause) {
    seen.add(at);
    if ("code" in at && (at.code === "ECONNREFUSED" || at.code === "ENOTFOUND")) return true;
  }
  return false;
}

function scrub(text: string, { key }: Place): string {
  const short = text.length > 500 ? `${text.slice(0, 500)}…` : text;
  return (key === "" ? short : short.replaceAll(key, "***")).replace(/\b(sk|Bearer)[-_ ][\w*.-]{6,}/g, "$1-***");
}
