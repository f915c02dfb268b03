import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { StagecraftError } from "../core/errors.js";
import type { JsonObject } from "../core/json.js";

/** What the codes mean to HTTP, where their kind does not say it. */
const STATUS: ReadonlyMap<string, number> = new Map([
  ["token-missing", 401],
  ["token-unknown", 401],
  ["signature-missing", 401],
  ["signature-wrong", 401],
  ["timestamp-stale", 401],
  ["unknown-webhook", 404],
  ["key-reused", 409],
  ["unknown-run", 404],
  ["unknown-approval", 404],
  ["unknown-definition", 404],
  ["unknown-stage", 404],
  ["unknown-schedule", 404],
  ["unknown-page", 404],
  ["ambiguous-run", 409],
  ["ambiguous-approval", 409],
  ["already-decided", 409],
  ["approval-expired", 409],
  ["run-finished", 409],
  ["not-possible", 409],
  ["group-full", 409],
  ["queue-full", 429],
  ["payload-too-large", 413],
  ["json-only", 415],
  ["invalid-json", 400],
  ["invalid-request", 400],
]);

const OF_KIND = { usage: 422, denied: 403, environment: 503, bug: 500 } as const;

/** RFC 9457. `code` is stable and the same as on the command line; `help` says what to do. */
export function problemOf(error: unknown): JsonObject & { readonly status: number } {
  if (error instanceof StagecraftError && error.kind !== "bug") {
    const { code, message, help } = error;
    return problem(STATUS.get(code) ?? OF_KIND[error.kind], code, message, help);
  }
  if (error instanceof HTTPException) return problem(error.status, "invalid-request", error.message);
  // What it was is for the log: a message of ours may name what a client should not see.
  return problem(500, "internal", "this is a fault in Stagecraft; the server's log says more");
}

export function answerProblem(context: Context, error: unknown): Response {
  const body = problemOf(error);
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (body.status === 401)
    headers["www-authenticate"] = String(body["code"]).startsWith("token-") ? "Bearer" : "Signature";
  if (body.status === 503 || body.status === 429) headers["retry-after"] = "5";
  return context.body(JSON.stringify(body), body.status as 500, headers);
}

function problem(status: number, code: string, detail: string, help?: string) {
  const title = code.replaceAll("-", " ");
  return { type: `urn:stagecraft:problem:${code}`, title, status, code, detail, ...(help !== undefined && { help }) };
}
