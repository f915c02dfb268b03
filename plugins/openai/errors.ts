import { isRetryableStatus, retryAfterMs, StageError } from "stagecraft/plugin";
import { rateResetMs } from "./rate-headers.js";

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
  404: ["provider-not-found", "has nothing to answer with"],
  408: ["provider-timeout", "took too long"],
  409: ["provider-conflict", "is busy with the same request"],
  413: ["provider-bad-request", "found the request too large"],
  422: ["provider-bad-request", "could not use the request"],
  429: ["provider-rate-limited", "asks to slow down"],
};

/** Where the request went, and the key that must never be shown. */
export interface Place {
  readonly url: URL;
  /** What names the address: a variable, or the agent. */
  readonly saidBy: string;
  readonly key: string;
  /** The variable of the key; undefined: none was sent. */
  readonly variable: string | undefined;
  readonly model: string;
}

/** A failure of the call as a StageError, without the key and without the SDK's own objects. */
export function toStageError(error: unknown, place: Place): StageError {
  if (error instanceof StageError) return error;
  const sdk = error as SdkError;
  const { status } = sdk;
  if (typeof status !== "number") return connectionFault(sdk, place);
  const { host } = place.url;
  if (status === 429 && sdk.code === "insufficient_quota") {
    return new StageError("provider-quota", `${host} says the account's quota is used up: look at its billing`, {
      isFree: true,
      details: { status },
    });
  }
  const [code, what] = CODES[status] ?? (status >= 500 ? UNAVAILABLE : CODES[400]!);
  const header = (name: string) => sdk.headers?.get(name);
  const retryAfter = retryAfterMs(header, Date.now()) ?? (status === 429 ? rateResetMs(header) : undefined);
  return new StageError(code, `${host} ${what} (${status})${wordsOf(sdk, place)}${hint(status, place)}`, {
    retryable: isRetryableStatus(status) || status === 409,
    details: { status },
    isFree: true,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

const UNAVAILABLE = ["provider-unavailable", "failed"] as const;

/** The server's own words. What it says about a refused key repeats part of it. */
function wordsOf({ status, message = "" }: SdkError, place: Place): string {
  if (status === 401 || status === 403) return "";
  // The package puts the status before them.
  const said = scrub(message.replace(new RegExp(`^${status} `), ""), place);
  return said === "" || said === "status code (no body)" ? "" : `: ${said}`;
}

/** What a person can do about it. */
function hint(status: number, { variable, url, saidBy, model }: Place): string {
  if (status === 404) return `; check the agent's model (${model}) and ${saidBy} (${shown(url)})`;
  if (status !== 401 && status !== 403) return "";
  return variable === undefined
    ? ": none was sent; name its variable with the agent's apiKeyEnv"
    : `: check ${variable}, and that it is for this server`;
}

/** Without what may be secret in it. */
function shown({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

function connectionFault(sdk: SdkError, place: Place): StageError {
  const { host } = place.url;
  if (sdk.constructor.name === "APIConnectionTimeoutError") {
    return new StageError("provider-timeout", `${host} took too long`, { retryable: true });
  }
  if (sdk.constructor.name === "SyntaxError") {
    const message = `${host} answered something that is not JSON: is ${place.saidBy} (${shown(place.url)}) a model server?`;
    return new StageError("provider-bad-answer", message, { retryable: true });
  }
  const why = neverArrived(sdk);
  const message =
    why === undefined
      ? `${host} broke off`
      : `${shown(place.url)} could not be reached (${why}): is the server up? ${place.saidBy} says where it is`;
  return new StageError("provider-unreachable", message, { retryable: true, isFree: why !== undefined });
}

const UNHEARD: ReadonlySet<string> = new Set(
  "ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH UND_ERR_CONNECT_TIMEOUT".split(" "),
);

/** Why nobody was there to answer. Undefined: it broke off later, and may have been paid for. */
function neverArrived(error: unknown): string | undefined {
  const seen = new Set<unknown>();
  for (let at = error; at instanceof Error && !seen.has(at); at = at.cause) {
    seen.add(at);
    if ("code" in at && UNHEARD.has(String(at.code))) return String(at.code);
    if (at.message === "bad port") return "no program may be asked on this port";
  }
  return undefined;
}

function scrub(text: string, { key }: Place): string {
  const safe = (key === "" ? text : text.replaceAll(key, "***")).replace(/\b(sk|Bearer)[-_ ][\w*.-]{6,}/g, "$1-***");
  // Cut last: half a key would no longer be known as one.
  return safe.length > 500 ? `${safe.slice(0, 500)}…` : safe;
}
