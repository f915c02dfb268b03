import type { MiddlewareHandler } from "hono";
import { StagecraftError } from "../../core/errors.js";

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Under these names the server may be asked for, whatever the port: tunnels change it. */
export function knownHosts(more: readonly string[]): ReadonlySet<string> {
  return new Set([...LOOPBACK, ...more.map((name) => name.toLowerCase())]);
}

/**
 * Lets through only what a person's own browser or program sends on purpose. A page on another site can make a browser
 * send requests here, also under a name of its own that it points at this machine: the Host, the Origin and what the
 * browser says about itself give that away.
 */
export function guard(hosts: ReadonlySet<string>): MiddlewareHandler {
  return async (context, next) => {
    const { req } = context;
    const host = (req.header("host") ?? "").toLowerCase();
    if (!hosts.has(host.replace(/:\d+$/, ""))) {
      throw refused("host-not-allowed", `this server is not ${host || "without a name"}`, "name it in server.hosts");
    }
    const origin = req.header("origin");
    if (origin !== undefined && hostOf(origin) !== host) {
      throw refused("cross-origin", `a page of ${origin} may not use this server`);
    }
    const site = req.header("sec-fetch-site");
    const isOwn = site === undefined || site === "same-origin" || site === "none";
    if (!isOwn && !isVisit(req.method, req.path, req.header("sec-fetch-mode"))) {
      throw refused("cross-origin", "a page of another site may not use this server");
    }
    if (!SAFE.has(req.method) && !isJson(req.header("content-type"))) {
      throw new StagecraftError("json-only", "send Content-Type: application/json", {
        help: "forms of other pages cannot send it, which is why it is asked for",
      });
    }
    await next();
  };
}

export function isSafe(method: string): boolean {
  return SAFE.has(method);
}

/** A link that somebody followed to a page. It carries no cookie, and the page asks by itself. */
function isVisit(method: string, path: string, mode: string | undefined): boolean {
  return method === "GET" && mode === "navigate" && !path.startsWith("/api/");
}

function isJson(type: string | undefined): boolean {
  return type?.split(";")[0]?.trim().toLowerCase() === "application/json";
}

/** Undefined for `null`, which is what sandboxed pages send. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function refused(code: string, message: string, help?: string): StagecraftError {
  return new StagecraftError(code, message, { kind: "denied", ...(help !== undefined && { help }) });
}
