import { once } from "node:events";
import http2 from "node:http2";
import type { RestateSettings } from "../config.js";
import type { Finding } from "./finding.js";

/** How long an answer may take: milliseconds. */
const PATIENCE_MS = 3_000;
const LOOPBACK = /^(127\.|localhost:|\[::1\])/;

/** Does a worker answer where Restate calls them, over the balancer and its TLS, and may anybody call? */
export async function workers({ identityKeys, listen, workers: address }: RestateSettings): Promise<Finding> {
  const status = await statusAt(address);
  if (typeof status === "string") {
    const isTrust = /certificate|self.signed|altname/i.test(status);
    const help = isTrust
      ? "NODE_EXTRA_CA_CERTS names the authority to trust"
      : "npx stagecraft worker, and the balancer";
    return { status: "fail", found: `nobody answers at ${address}: ${status}`, help };
  }
  if (status !== 200) {
    const help = status === 503 ? "the balancer finds no worker up" : "is this the address of the workers?";
    return { status: "fail", found: `${address} answers ${status}`, help };
  }
  const found = `one answers at ${address}`;
  if (identityKeys.length > 0 || LOOPBACK.test(listen)) return { status: "ok", found };
  return {
    status: "warn",
    found: `${found}; they listen at ${listen} and take requests from whoever reaches them`,
    help: "restate.identityKeys: see docs/how-to/secure-restate.md",
  };
}

/** The status of its health over HTTP/2, or what was wrong. */
async function statusAt(address: string): Promise<number | string> {
  const session = http2.connect(address);
  const failed = once(session, "error").then(([error]) => (error as Error).message);
  const late = setTimeout(() => session.destroy(new Error("no answer")), PATIENCE_MS);
  const request = session.request({ ":path": "/health" });
  request.on("error", () => {});
  const answered = once(request, "response").then(([headers]) => Number(headers[":status"]));
  try {
    return await Promise.race([answered.catch(() => failed), failed]);
  } finally {
    clearTimeout(late);
    session.destroy();
  }
}
