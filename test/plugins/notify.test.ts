import { createHmac } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import notify from "../../plugins/notify/index.js";
import type { EffectStageType, JsonObject, StageError } from "../../src/plugin/api.js";
import { effectContext } from "../support/effect-context.js";
import { type HttpServer, serve } from "../support/http-server.js";

const stage = notify.stages?.[0] as EffectStageType;
let server: HttpServer | undefined;

afterEach(async () => {
  vi.restoreAllMocks();
  await server?.close();
  server = undefined;
});

const run = (input: JsonObject, options = {}) => stage.run(input, effectContext({ plugins: [notify], ...options }));
const fault = (input: JsonObject): Promise<StageError> =>
  run(input).then(
    () => expect.unreachable("it should fail"),
    (error) => error,
  );

describe("the console notifier", () => {
  it("writes one line on stderr and nothing on stdout", async () => {
    const err = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const { outputs } = await run({ via: "console", message: "Paid\nin full", data: { amount: 5 } });
    expect(err.mock.calls.map(([text]) => text)).toEqual(['[sample/work] Paid in full {"amount":5}\n']);
    expect(out).not.toHaveBeenCalled();
    expect(outputs).toEqual({ sent: true, via: "console" });
  });

  it("lets no control character reach the terminal", async () => {
    const err = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await run({ via: "console", message: "\u001b[2Jgone\u0007 \u009bhi" });
    expect(String(err.mock.calls[0]?.[0])).toBe("[sample/work] [2Jgone   hi\n");
  });
});

describe("the webhook notifier", () => {
  it("posts JSON with an id that is the same for every attempt", async () => {
    server = await serve((_, response) => void response.writeHead(202).end());
    const input = { via: "webhook", url: `${server.url}/hook`, message: "Rejected", data: { by: "ann" } };
    const first = await run(input, { attempt: 1 });
    await run(input, { attempt: 2 });
    expect(first.outputs).toEqual({ sent: true, via: "webhook", status: 202 });
    expect(JSON.parse(server.seen[0]?.body ?? "")).toEqual({
      specversion: "1.0",
      source: "/stagecraft/sample/run_1",
      type: "dev.stagecraft.notification.v1",
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      id: "run_1/work",
      run: "run_1",
      workflow: "sample",
      stage: "work",
      message: "Rejected",
      data: { by: "ann" },
    });
    expect(server.seen.map(({ headers }) => headers["webhook-id"])).toEqual(["run_1/work", "run_1/work"]);
  });

  it("signs what it sends with the key a variable holds, and sends nothing where there is none", async () => {
    server = await serve((_, response) => void response.writeHead(204).end());
    const input = { via: "webhook", url: server.url, message: "Paid", secret: "HOOK_KEY" };
    await run(input, { env: { HOOK_KEY: `whsec_${Buffer.alloc(24, 7).toString("base64")}` } });
    const { headers, body } = server.seen[0] as (typeof server.seen)[number];
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const expected = createHmac("sha256", Buffer.alloc(24, 7)).update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${expected}`);
    for (const HOOK_KEY of ["", "whsec_c2hvcnQ="]) {
      const error = await run(input, { env: { HOOK_KEY } }).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: "webhook-secret" });
    }
    expect(server.seen).toHaveLength(1);
  });

  it("says when to try again, and shows no path of the address", async () => {
    server = await serve((_, response) => void response.writeHead(429, { "retry-after": "3" }).end());
    const error = await fault({ via: "webhook", url: `${server.url}/secret-token`, message: "m" });
    expect(error).toMatchObject({ code: "webhook-status", retryable: true, retryAfter: 3_000 });
    expect(error.message).not.toContain("secret-token");
  });

  it("takes a redirect and a refusal for failures that stay", async () => {
    server = await serve(({ url }, response) => void response.writeHead(url === "/301" ? 301 : 403).end());
    for (const path of ["/301", "/403"]) {
      const error = await fault({ via: "webhook", url: server.url + path, message: "m" });
      expect(error).toMatchObject({ code: "webhook-status", retryable: false });
    }
  });

  it("may be reached later when nobody listens", async () => {
    server = await serve((_, response) => void response.end());
    const { url } = server;
    await server.close();
    expect(await fault({ via: "webhook", url, message: "m" })).toMatchObject({
      code: "webhook-network",
      retryable: true,
    });
  });
});

describe("what a notifier does not know", () => {
  it("is refused before anything is sent", async () => {
    const error = await fault({ via: "console", message: "m", url: "https://example.org" });
    expect(error).toMatchObject({
      code: "notify-input",
      message: "notifier console cannot send this: it knows no url",
    });
    expect(await fault({ via: "webhook", message: "m" })).toMatchObject({ code: "notify-input" });
    expect(await fault({ via: "nobody", message: "m" })).toMatchObject({ code: "unknown-notifier" });
  });

  it("is found by the check, with a guess", () => {
    const check = (given: JsonObject) =>
      stage.check?.({ with: given, agents: {}, rulesets: {}, notifiers: ["console", "webhook"] });
    expect(check({ via: "webhok", message: "m" })).toMatchObject([
      { code: "unknown-notifier", help: "did you mean webhook?", path: ["with", "via"] },
    ]);
    expect(check({ via: "webhook", message: "m" })).toMatchObject([{ code: "notify-input" }]);
    expect(check({ via: "webhook", message: "m", url: "u" })).toEqual([]);
    expect(check({ via: "${{ inputs.channel }}", message: "m" })).toEqual([]);
  });
});

describe("the slack notifier", () => {
  it("posts a text in which nothing is markup", async () => {
    server = await serve((_, response) => void response.writeHead(200).end("ok"));
    const { outputs } = await run({ via: "slack", url: server.url, message: "<!channel> a & b" });
    expect(outputs).toEqual({ sent: true, via: "slack", status: 200 });
    expect(JSON.parse(server.seen[0]?.body ?? "")).toEqual({ text: "&lt;!channel&gt; a &amp; b" });
  });
});
