import http2 from "node:http2";

type Answer = (request: http2.Http2ServerRequest, response: http2.Http2ServerResponse) => void;

/** What balancers ask. */
const HEALTH = "/health";

/**
 * Answers with `handler`. When the signal comes, a balancer that asks after its health hears 404, by which it sends nothing
 * more and leaves what is under way until that has ended; where none asks, the connections say it themselves. What is not
 * over after the grace, in milliseconds, is cut off.
 */
export function serverUntil(signal: AbortSignal, graceMs: number, handler: Answer): http2.Http2Server {
  const sessions = new Set<http2.ServerHttp2Session>();
  let [underWay, isWatched, isTold] = [0, false, false];
  const close = () => {
    server.close();
    for (const session of sessions) session.close();
  };
  const closeWhenDone = () => {
    if (signal.aborted && isTold && underWay === 0) close();
  };
  const server = http2.createServer((request, response) => {
    const isCheck = request.url === HEALTH;
    isWatched ||= isCheck;
    if (!isCheck) underWay += 1;
    response.on("close", () => {
      if (!isCheck) underWay -= 1;
      closeWhenDone();
    });
    if (!(isCheck && signal.aborted)) return handler(request, response);
    isTold = true;
    response.writeHead(404).end();
  });
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    session.on("error", () => {});
  });
  const leave = () => {
    if (!isWatched) close();
    setTimeout(() => {
      close();
      for (const session of sessions) session.destroy();
    }, graceMs).unref();
  };
  server.on("listening", () => {
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  });
  return server;
}
