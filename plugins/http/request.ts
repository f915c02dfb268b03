import {
  isRetryableStatus,
  type Json,
  type JsonObject,
  retryAfterMs,
  type StageContext,
  StageError,
} from "stagecraft/plugin";
import { decodeBody, readLimited } from "./body.js";

/** One request as a stage or a tool asks for it. */
export interface HttpRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, Json>>;
  readonly json?: Json;
  readonly body?: string;
  /** Statuses that are fine; without it, 200 to 299. */
  readonly expectStatus?: readonly number[];
  /** Largest answer, in bytes after decompression. */
  readonly maxBytes?: number;
}

/** A type and not an interface, so that it counts as JSON. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, text, or base64 when `encoding` says so. */
  readonly body: Json;
  readonly encoding?: "base64";
};

export const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const UNSAFE = new Set(["POST", "PUT", "PATCH", "DELETE"]);
/** Faults of the other side's certificate: another try meets the same certificate. */
const CERTIFICATE = /CERT|SELF_SIGNED|ERR_TLS|UNABLE_TO_VERIFY/;

/** As the global one, as far as it is used here. */
export type Fetch = (href: string, init: RequestInit & { headers: Headers; signal: AbortSignal }) => Promise<Response>;

/**
 * Sends one request and reads the whole answer.
 * @throws StageError `http-url`, `http-status`, `http-network`, `http-redirects`, `http-too-large`, `http-bad-json`
 */
export async function send(request: HttpRequest, options: Asking, fetchOne: Fetch = fetch): Promise<HttpAnswer> {
  const url = target(request);
  const prepared = prepare(request, options);
  const place = `${prepared.method} ${url.origin}${url.pathname}`;
  const read = (response: Response) => readLimited(response, request.maxBytes ?? DEFAULT_MAX_BYTES, place);
  const { response, bytes } = await follow(url, prepared, options, place, fetchOne, read);
  if (!isExpected(response.status, request.expectStatus)) throw statusFault(response, bytes, place);
  return { status: response.status, headers: visibleHeaders(response.headers), ...decodeBody(response, bytes, place) };
}

/** What a request needs of its stage. */
export type Asking = Pick<StageContext, "signal" | "idempotencyKey" | "atHost" | "traceparent">;

interface Prepared {
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;
}

function target(request: HttpRequest): URL {
  let url: URL;
  try {
    url = new URL(request.url);
  } catch {
    throw new StageError("http-url", "the url cannot be read: it must be whole, such as https://example.org/path");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new StageError("http-url", `the url must start with http:// or https://, not ${url.protocol}//`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new StageError("http-url", "the url must not carry a user and password: send an Authorization header");
  }
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null) url.searchParams.append(name, typeof one === "object" ? JSON.stringify(one) : String(one));
    }
  }
  return url;
}

function prepare(request: HttpRequest, { idempotencyKey, traceparent }: Asking): Prepared {
  const method = (request.method ?? "GET").toUpperCase();
  let headers: Headers;
  try {
    headers = new Headers(request.headers);
  } catch {
    // The engine's own message would show the value, which may be a secret.
    throw new StageError("http-headers", "a header's name or value has a character HTTP does not allow");
  }
  if (request.json !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
  if (!headers.has("accept")) headers.set("accept", "application/json, text/*;q=0.9, */*;q=0.5");
  if (UNSAFE.has(method) && !headers.has("idempotency-key")) headers.set("idempotency-key", idempotencyKey);
  if (traceparent !== undefined && !headers.has("traceparent")) headers.set("traceparent", traceparent);
  const body = request.json === undefined ? request.body : JSON.stringify(request.json);
  return { method, headers, body };
}

/** Redirects are followed here, not by fetch: their number is limited and secrets stay with the first origin. */
async function follow(
  start: URL,
  prepared: Prepared,
  { signal, atHost }: Asking,
  place: string,
  fetchOne: Fetch,
  read: (response: Response) => Promise<Uint8Array>,
): Promise<{ readonly response: Response; readonly bytes: Uint8Array }> {
  let url = start;
  let { method, body } = prepared;
  const headers = new Headers(prepared.headers);
  for (let hops = 0; ; hops += 1) {
    const init = { method, headers, signal, redirect: "manual" as const, ...(body === undefined ? {} : { body }) };
    const { href } = url;
    const ask = async () => {
      const response = await fetchOne(href, init);
      const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
      if (location === null) return { response, location, bytes: await read(response) };
      await response.body?.cancel();
      return { response, location };
    };
    const answer = await guarded(place, signal, () => atHost(href, ask));
    if (answer.location === null) return answer;
    const { response, location } = answer;
    if (hops === MAX_REDIRECTS) throw new StageError("http-redirects", `${place} redirects over ${hops} times`);
    const next = redirectTarget(location, url, place);
    if (next.origin !== url.origin) {
      for (const name of ["authorization", "cookie", "proxy-authorization"]) headers.delete(name);
    }
    const becomesGet = response.status === 303 || (response.status < 303 && method === "POST");
    if (becomesGet && method !== "HEAD") {
      method = "GET";
      body = undefined;
      for (const name of ["content-type", "content-length", "idempotency-key"]) headers.delete(name);
    }
    url = next;
  }
}

function redirectTarget(location: string, from: URL, place: string): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (next?.protocol !== "http:" && next?.protocol !== "https:") {
    throw new StageError("http-redirects", `${place} redirects to something that is no web address`);
  }
  return next;
}

/** Runs a network step; what the network throws becomes `http-network`, an abort keeps its own reason. */
async function guarded<T>(place: string, signal: AbortSignal, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof StageError) throw error;
    const cause = (error as { cause?: { code?: unknown } }).cause;
    const code = typeof cause?.code === "string" ? cause.code : "network error";
    throw new StageError("http-network", `${place} could not be reached: ${code}`, {
      retryable: !CERTIFICATE.test(code),
      details: { cause: code },
    });
  }
}

function isExpected(status: number, expected: readonly number[] | undefined): boolean {
  return expected ? expected.includes(status) : status >= 200 && status < 300;
}

function statusFault(response: Response, bytes: Uint8Array, place: string): StageError {
  const retryAfter = retryAfterMs((name) => response.headers.get(name), Date.now());
  const details: JsonObject = {
    status: response.status,
    body: new TextDecoder().decode(bytes.subarray(0, 2_000)),
  };
  return new StageError("http-status", `${place} answered ${response.status}`, {
    retryable: isRetryableStatus(response.status),
    details,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** Cookies are secrets of the session and have no place in a journal. */
function visibleHeaders(headers: Headers): Record<string, string> {
  const visible: Record<string, string> = {};
  for (const [name, value] of headers) if (name !== "set-cookie") visible[name] = value;
  return visible;
}
