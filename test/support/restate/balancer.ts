import { once } from "node:events";
import http2 from "node:http2";
import { onTestFinished } from "vitest";
import type { AtEnd } from "./server.js";

const { HTTP2_HEADER_STATUS, NGHTTP2_CANCEL } = http2.constants;
/** Of HTTP/1, which HTTP/2 does not take. */
const HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "host"]);

/**
 * What stands between Restate and its workers: each request goes to the next worker whose connection stands, as the balancer
 * that ships in `deploy/` does it.
 */
export async function balancer(
  port: number,
  workers: readonly string[],
  tap: (chunk: Buffer) => void = () => {},
  atEnd: AtEnd = onTestFinished,
): Promise<void> {
  const sessions = new Map<string, http2.ClientHttp2Session>();
  let turn = 0;
  const open = new Set<http2.ServerHttp2Session>();
  const server = http2.createServer();
  server.on("session", (session) => {
    open.add(session);
    session.on("close", () => open.delete(session)).on("error", () => {});
  });
  server.on("stream", async (stream, headers) => {
    stream.on("error", () => {});
    const session = await nextOf(workers, sessions, turn++);
    if (stream.destroyed) return;
    if (session === undefined) {
      stream.respond({ [HTTP2_HEADER_STATUS]: 503 }, { endStream: true });
      return;
    }
    const onward = session.request(Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP.has(name))));
    onward.on("response", (answer) => {
      if (!stream.destroyed) stream.respond(answer);
    });
    onward.on("error", () => stream.close(NGHTTP2_CANCEL));
    onward.on("close", () => stream.close(NGHTTP2_CANCEL));
    stream.on("close", () => onward.close(NGHTTP2_CANCEL));
    stream.on("data", tap).pipe(onward).on("data", tap).pipe(stream);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  atEnd(async () => {
    server.close();
    for (const session of [...open, ...sessions.values()]) session.destroy();
  });
}

/** The worker whose turn it is, or the next one that can be reached. */
async function nextOf(workers: readonly string[], sessions: Map<string, http2.ClientHttp2Session>, turn: number) {
  for (let at = 0; at < workers.length; at++) {
    const worker = workers[(turn + at) % workers.length] as string;
    const session = await connected(worker, sessions);
    if (session !== undefined) return session;
  }
  return undefined;
}

async function connected(worker: string, sessions: Map<string, http2.ClientHttp2Session>) {
  const known = sessions.get(worker);
  if (known !== undefined && !known.destroyed && !known.closed) return known;
  const session = http2.connect(`http://${worker}`);
  session.on("error", () => {});
  const isUp = await Promise.race([
    once(session, "connect").then(
      () => true,
      () => false,
    ),
    once(session, "close").then(() => false),
  ]);
  if (!isUp) return undefined;
  sessions.set(worker, session);
  return session;
}
