import { once } from "node:events";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { StagecraftError } from "../../core/errors.js";
import type { Logger } from "../../plugin/api.js";
import { loadSdk } from "./sdk.js";
import { type Parts, servicesOf } from "./services.js";
import type { RestateSettings } from "./settings.js";

/** How long calls under way may take to end when a worker stops: milliseconds. */
const GRACE_MS = 5_000;

export interface Endpoint {
  readonly port: number;
  /** Settles when it has closed. */
  readonly done: Promise<void>;
}

/** Where Restate calls this worker, over HTTP/2 without TLS, until the signal. @throws StagecraftError `package-missing`, `port-taken` */
export async function serveEndpoint(
  settings: RestateSettings,
  parts: Parts & { readonly log: Logger; readonly signal: AbortSignal },
): Promise<Endpoint> {
  const sdk = await loadSdk();
  const { log, signal } = parts;
  const handler = sdk.createEndpointHandler({
    services: servicesOf(sdk, parts),
    identityKeys: [...settings.identityKeys],
    logger: ({ level }, ...said) => {
      // It warns of every connection that ends, and calls again by itself.
      const say = level === "error" ? log.error : log.debug;
      say(`restate: ${said.map(String).join(" ")}`);
    },
  });
  const server = http2.createServer(handler);
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    session.on("error", () => {});
  });
  await listening(server, settings.listen);
  const closed = once(server, "close").then(() => {});
  const close = () => {
    server.close();
    for (const session of sessions) session.close();
    setTimeout(() => {
      for (const session of sessions) session.destroy();
    }, GRACE_MS).unref();
  };
  if (signal.aborted) close();
  else signal.addEventListener("abort", close, { once: true });
  return { port: (server.address() as AddressInfo).port, done: closed };
}

async function listening(server: http2.Http2Server, listen: string): Promise<void> {
  const at = listen.lastIndexOf(":");
  server.listen(Number(listen.slice(at + 1)), listen.slice(0, at).replace(/^\[|\]$/g, ""));
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new StagecraftError("port-taken", `cannot listen at ${listen}: ${(cause as Error).message}`, {
      help: "another worker may have it: stagecraft worker --listen 127.0.0.1:9081",
      kind: "environment",
      cause,
    });
  }
}
