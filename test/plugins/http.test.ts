import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import http from "../../plugins/http/index.js";
import type { EffectStageType, JsonObject, StageError } from "../../src/plugin/api.js";
import { effectContext } from "../support/effect-context.js";
import { type HttpServer, type SeenRequest, serve } from "../support/http-server.js";

const stage = http.stages?.[0] as EffectStageType;
let server: HttpServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const json = (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  serve((_, response) => {
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
    response.end(JSON.stringify(value));
  });

const run = (input: JsonObject, options = {}) => stage.run(input, effectContext(options));
const fault = (input: JsonObject, options = {}): Promise<StageError> =>
  run(input, options).then(
    () => expect.unreachable("it should fail"),
    (error) => error,
  );

describe("a request", () => {
  it("parses a JSON answer and gives status and headers", async () => {
    server = await json({ ok: true }, 200, { "x-total": "3", "set-cookie": "session=secret" });
    const { outputs } = await run({ url: `${server.url}/items` });
    expect(outputs).toMatchObject({ status: 200, body: { ok: true }, headers: { "x-total": "3" } });
    expect(outputs["headers"]).not.toHaveProperty("set-cookie");
  });

  it("adds query parameters, repeating lists and leaving null out", async () => {
    server = await json({});
    await run({ url: `${server.url}/items?a=1`, query: { tag: ["x", "y z"], page: 2, none: null, on: true } });
    expect(server.seen[0]?.url).toBe("/items?a=1&tag=x&tag=y+z&page=2&on=true");
  });

  it("sends JSON with the stage's idempotency key on unsafe methods only", async () => {
    server = await json({});
    await run({ url: server.url, method: "POST", json: { amount: 5 } }, { idempotencyKey: "run_9/pay" });
    await run({ url: server.url }, { idempotencyKey: "run_9/pay" });
    await run({ url: server.url, method: "PUT", body: "raw", headers: { "Idempotency-Key": "mine" } });
    const [post, get, put] = server.seen as [SeenRequest, SeenRequest, SeenRequest];
    expect(post).toMatchObject({ body: '{"amount":5}', method: "POST" });
    expect(post.headers).toMatchObject({ "content-type": "application/json", "idempotency-key": "run_9/pay" });
    expect(get.headers).not.toHaveProperty("idempotency-key");
    expect(put).toMatchObject({ body: "raw" });
    expect(put.headers["idempotency-key"]).toBe("mine");
  });

  it("keeps text as text, bytes as base64, and an empty answer as null", async () => {
    server = await serve(({ url }, response) => {
      if (url === "/text") response.writeHead(200, { "content-type": "text/plain" }).end("grüezi");
      else if (url === "/bytes") response.writeHead(200).end(Buffer.from([0xff, 0x00, 0xfe]));
      else response.writeHead(204).end();
    });
    expect((await run({ url: `${server.url}/text` })).outputs).toMatchObject({ body: "grüezi" });
    expect((await run({ url: `${server.url}/bytes` })).outputs).toMatchObject({ body: "/wD+", encoding: "base64" });
    expect((await run({ url: server.url })).outputs).toMatchObject({ status: 204, body: null });
  });
});

describe("a status that is not expected", () => {
  it.each([408, 425, 429, 500, 503])("%i may succeed later", async (status) => {
    server = await json({ reason: "busy" }, status);
    const error = await fault({ url: server.url });
    expect(error).toMatchObject({ code: "http-status", retryable: true, details: { status } });
  });

  it.each([400, 401, 404, 409, 422])("%i is not tried again", async (status) => {
    server = await json({}, status);
    expect(await fault({ url: server.url })).toMatchObject({ code: "http-status", retryable: false });
  });

  it("may be declared fine, and then 200 is not", async () => {
    server = await serve(({ url }, response) => void response.writeHead(url === "/404" ? 404 : 200).end());
    expect((await run({ url: `${server.url}/404`, expectStatus: [404] })).outputs["status"]).toBe(404);
    expect(await fault({ url: `${server.url}/200`, expectStatus: [404] })).toMatchObject({ details: { status: 200 } });
  });

  it.each([
    ["retry-after", "90", 90_000],
    ["retry-after-ms", "250", 250],
  ])("passes on how long to wait: %s", async (header, value, wait) => {
    server = await json({}, 429, { [header]: value });
    expect((await fault({ url: server.url })).retryAfter).toBe(wait);
  });

  it("measures a date from the answer's own clock", async () => {
    const sent = new Date(Date.UTC(2020, 0, 1));
    const until = new Date(sent.getTime() + 120_000);
    server = await json({}, 503, { date: sent.toUTCString(), "retry-after": until.toUTCString() });
    expect((await fault({ url: server.url })).retryAfter).toBe(120_000);
  });

  it("shows neither the query nor a header value in the message", async () => {
    server = await json({}, 500);
    const error = await fault({ url: `${server.url}/a?token=s3cret`, headers: { authorization: "Bearer s3cret" } });
    expect(error.message).toBe(`GET ${server.url}/a answered 500`);
  });
});

describe("limits", () => {
  it("stops reading an endless answer at maxBytes", async () => {
    server = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(16_384)));
      };
      response.on("drain", more);
      more();
    });
    expect(await fault({ url: server.url, maxBytes: 100_000 })).toMatchObject({
      code: "http-too-large",
      retryable: false,
    });
  });

  it("counts bytes after decompression", async () => {
    server = await serve((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("0".repeat(1_000_000)));
    });
    expect(await fault({ url: server.url, maxBytes: 50_000 })).toMatchObject({ code: "http-too-large" });
  });

  it("follows five redirects and not a sixth", async () => {
    server = await serve(({ url }, response) => {
      const left = Number(url.slice(1));
      if (left === 0) response.end("there");
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    expect((await run({ url: `${server.url}/5` })).outputs["body"]).toBe("there");
    expect(await fault({ url: `${server.url}/6` })).toMatchObject({ code: "http-redirects" });
  });

  it("takes the secrets of one origin to no other", async () => {
    const other = await json({});
    try {
      server = await serve((_, response) => void response.writeHead(307, { location: `${other.url}/x` }).end());
      const headers = { authorization: "Bearer t", "x-plain": "1" };
      await run({ url: server.url, method: "POST", json: { a: 1 }, headers });
      expect(server.seen[0]?.headers["authorization"]).toBe("Bearer t");
      expect(other.seen[0]).toMatchObject({ method: "POST", body: '{"a":1}', headers: { "x-plain": "1" } });
      expect(other.seen[0]?.headers).not.toHaveProperty("authorization");
    } finally {
      await other.close();
    }
  });

  it("turns a POST that is answered 303 into a GET without a body", async () => {
    server = await serve(({ url }, response) => {
      if (url === "/") response.writeHead(303, { location: "/done" }).end();
      else response.end("ok");
    });
    await run({ url: server.url, method: "POST", json: {} });
    expect(server.seen[1]).toMatchObject({ method: "GET", url: "/done", body: "" });
    expect(server.seen[1]?.headers).not.toHaveProperty("idempotency-key");
  });
});

describe("faults of the way there", () => {
  it("may succeed later when nobody listens", async () => {
    server = await json({});
    const { url } = server;
    await server.close();
    expect(await fault({ url })).toMatchObject({ code: "http-network", retryable: true });
  });

  it("may succeed later when the answer breaks off", async () => {
    server = await serve((_, response) => {
      response.writeHead(200, { "content-length": "1000" }).write("half");
      setImmediate(() => response.destroy());
    });
    expect(await fault({ url: server.url })).toMatchObject({ code: "http-network", retryable: true });
  });

  it("ends with the reason of the abort while the answer is awaited", async () => {
    const abort = new AbortController();
    server = await serve(() => abort.abort(new Error("stop")));
    await expect(run({ url: server.url }, { signal: abort.signal })).rejects.toThrow("stop");
  });

  it.each(["before it answers", "in the middle of its answer"])(
    "closes the connection when called off %s",
    async (when) => {
      const abort = new AbortController();
      let sawClose = (): void => {};
      const closed = new Promise<void>((resolve) => {
        sawClose = resolve;
      });
      server = await serve((_, response) => {
        response.on("close", sawClose);
        if (when.startsWith("before")) return abort.abort(new Error("stop"));
        response.writeHead(200, { "content-length": "1000" }).write("half", () => abort.abort(new Error("stop")));
      });
      await expect(run({ url: server.url }, { signal: abort.signal })).rejects.toThrow("stop");
      await closed;
    },
  );

  it("says so when JSON was promised and did not come", async () => {
    server = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/problem+json" }).end("<html>");
    });
    expect(await fault({ url: server.url })).toMatchObject({ code: "http-bad-json", details: { body: "<html>" } });
  });

  it.each(["not a url", "file:///etc/passwd", "https://user:pw@example.org/"])("refuses %s", async (url) => {
    expect(await fault({ url })).toMatchObject({ code: "http-url", retryable: false });
  });

  it("does not show the value of a header that cannot be sent", async () => {
    const error = await fault({ url: "http://127.0.0.1:9", headers: { authorization: "s3cret\nx: y" } });
    expect(error.code).toBe("http-headers");
    expect(String(error.stack)).not.toContain("s3cret");
  });
});

describe("the check", () => {
  const check = (given: JsonObject) => stage.check?.({ with: given, agents: {}, rulesets: {} }).map((i) => i.path);

  it("finds two bodies, and a body on a GET", () => {
    expect(check({ url: "u", method: "POST", json: 1, body: "2" })).toEqual([["with", "body"]]);
    expect(check({ url: "u", json: 1 })).toEqual([["with", "json"]]);
    expect(check({ url: "u", method: "POST", json: 1 })).toEqual([]);
  });
});

describe("the tool http.get", () => {
  it("uses the same engine and gives status and body", async () => {
    server = await json({ price: 12 });
    const tool = http.tools?.[0];
    expect(
      await tool?.run({ url: `${server.url}/p`, query: { id: 7 } }, effectContext(), { hosts: ["127.0.0.1"] }),
    ).toEqual({
      status: 200,
      body: { price: 12 },
    });
    expect(server.seen[0]?.url).toBe("/p?id=7");
  });
});
