import type { MiddlewareHandler } from "hono";
import type { JsonObject } from "../core/json.js";

/** Where a server says what it was asked. */
export interface RequestLog {
  debug(message: string, fields?: JsonObject): void;
  info(message: string, fields?: JsonObject): void;
  error(message: string, fields?: JsonObject): void;
}

/** Tells of what changes something; what only looks is told to those who look for a fault. Never the query: it may hold a token. */
export function logRequests(log: RequestLog): MiddlewareHandler {
  return async (context, next) => {
    const startedAt = performance.now();
    await next();
    const { method, path } = context.req;
    const { status } = context.res;
    const fields = { status, ms: Math.round(performance.now() - startedAt) };
    const isLook = method === "GET" || method === "HEAD" || method === "OPTIONS";
    log[isLook && status < 500 ? "debug" : "info"](`${method} ${path}`, fields);
  };
}
