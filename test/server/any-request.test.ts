import http from "node:http";
import net from "node:net";
import fc from "fast-check";
import { expect, it } from "vitest";
import { apiRoutes } from "../../src/server/server.js";
import { type Running, serveProject } from "./support.js";

const unused = () => {
  throw new Error("nobody logs in here");
};
const PATHS = apiRoutes({ identify: unused, begin: unused, end: unused }).map(({ path }) => path);

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const word = fc.oneof(
  fc.constantFrom("last", "ask", "..", "%00", "%ff", "%2e%2e%2f", "__proto__", "constructor", "'", "-1", "1e9", "null"),
  fc.string({ maxLength: 12 }).map(encodeURIComponent),
);
const path = fc.oneof(
  fc.tuple(fc.constantFrom(...PATHS), fc.array(word, { minLength: 3, maxLength: 3 })).map(([route, words]) => {
    let at = 0;
    return `/api/v1${route.replace(/\{\w+\}/g, () => words[at++ % words.length] ?? "x")}`;
  }),
  fc.array(word, { maxLength: 4 }).map((words) => `/${words.join("/")}`),
);
const query = fc
  .array(
    fc.tuple(fc.constantFrom("status", "limit", "after", "since", "id", "path", "run", "token", "__proto__"), word),
    { maxLength: 3 },
  )
  .map((pairs) => (pairs.length === 0 ? "" : `?${pairs.map(([name, value]) => `${name}=${value}`).join("&")}`));
const printable = fc.string({ maxLength: 20 }).map((text) => text.replace(/[^\x20-\x7e]/g, "?"));
const headers = fc.dictionary(
  fc.constantFrom(
    "accept",
    "last-event-id",
    "idempotency-key",
    "traceparent",
    "webhook-id",
    "cookie",
    "if-none-match",
    "range",
  ),
  printable,
  { maxKeys: 3 },
);
const json = fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text));
const request: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"),
  path: fc.tuple(path, query).map(([place, asked]) => place + asked),
  headers,
  body: fc.oneof(json, fc.uint8Array({ maxLength: 64 }), fc.constant(new Uint8Array())),
});

const ASK = `apiVersion: stagecraft/v1
id: ask
version: "1.0.0"
inputs: { amount: { type: number, default: 1 } }
triggers: [{ id: open, webhook: { unsigned: true } }]
stages: { gate: { uses: wait, with: { event: { name: never } } } }
`;

/** The status and what came of the body until the first of it: a stream does not end by itself. */
function send({ port, token }: Running, { method, path: place, headers: more, body }: Request) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const given = { authorization: `Bearer ${token}`, "content-type": "application/json", ...more };
    const sent = http.request(
      { host: "127.0.0.1", port, method, path: place, headers: given, agent: false },
      (answer) => {
        let text = "";
        const isStream = answer.headers["content-type"]?.startsWith("text/event-stream");
        const done = () => resolve({ status: answer.statusCode ?? 0, text });
        if (isStream) done();
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("end", done).on("error", done);
        if (isStream) sent.destroy();
      },
    );
    sent.on("error", reject);
    sent.end(method === "GET" || method === "HEAD" ? undefined : body);
  });
}

it("whatever is asked, the server answers, never with a fault of its own or a trace of its code", async () => {
  const server = await serveProject({ "definitions/ask.workflow.yaml": ASK });
  await server.ask("/api/v1/runs", { method: "POST", body: { definition: "ask" } });
  await fc.assert(
    fc.asyncProperty(request, async (given) => {
      const { status, text } = await send(server, given);
      expect(status, `${given.method} ${given.path}`).toBeGreaterThanOrEqual(200);
      expect(status === 500 || status === 502, `${given.method} ${given.path}: ${text}`).toBe(false);
      expect(text).not.toMatch(/\bat \S+ \(?(file:|\/|node:)/);
    }),
    { numRuns: 400 },
  );
  expect((await server.ask("/api/v1/health")).status).toBe(200);
});

it("bytes that are no HTTP do no harm", async () => {
  const server = await serveProject({ "definitions/ask.workflow.yaml": ASK });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
      const text = await new Promise<string>((resolve) => {
        const socket = net.connect(server.port, "127.0.0.1", () => socket.end(bytes));
        let said = "";
        socket.on("data", (chunk) => (said += chunk.toString("latin1")));
        socket.on("close", () => resolve(said)).on("error", () => resolve(said));
      });
      expect(text).not.toMatch(/^HTTP\/1\.1 5/);
    }),
    { numRuns: 50 },
  );
  expect((await server.ask("/api/v1/health")).status).toBe(200);
});
