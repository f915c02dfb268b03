import { once } from "node:events";
import type { Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { StagecraftError } from "../../core/errors.js";
import type { Logger } from "../../plugin/api.js";
import { serverUntil } from "./departure.js";
import { loadSdk } from "./sdk.js";
import { type Parts, servicesOf } from "./services.js";
import type { RestateSettings } from "./settings.js";

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
  const server = serverUntil(signal, settings.graceSeconds * 1_000, handler);
  const closed = once(server, "close").then(() => {});
  await listening(server, settings.listen);
  return { port: (server.address() as AddressInfo).port, done: closed };
}

async function listening(server: Http2Server, listen: string): Promise<void> {
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
