import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import openai from "../../plugins/openai/index.js";
import type { AgentProvider, AgentRequest, JsonObject, StageError } from "../../src/plugin/api.js";
import { type ModelServer, startModelServer } from "../support/aimock.js";
import { effectContext } from "../support/effect-context.js";
import { type HttpServer, serve } from "../support/http-server.js";

const provider = openai.providers?.[0] as AgentProvider;
const KEY = "sk-test-0123456789abcdef";
const usage = { prompt_tokens: 40, completion_tokens: 7, total_tokens: 47 };

let models: ModelServer;
let server: HttpServer | undefined;

beforeAll(async () => {
  models = await startModelServer([
    { match: { userMessage: "say hello" }, response: { content: "Hello there, friend.", usage }, chunkSize: 6 },
    { match: { userMessage: "classify" }, response: { content: '{"risk":"low","note":null}', usage } },
    { match: { userMessage: "fenced" }, response: { content: '```json\n{"risk":"high"}\n```' } },
    {
      match: { userMessage: "look up", hasToolResult: false },
      response: { toolCalls: [{ name: "http_get", arguments: { url: "http://x.test/" } }] },
    },
    { match: { userMessage: "look up", hasToolResult: true }, response: { content: "It says 42." } },
    { match: { userMessage: "too fast" }, response: { error: { message: "Slow down" }, status: 429, retryAfter: 7 } },
    { match: { userMessage: "broken" }, response: { error: { message: "Oops" }, status: 500 } },
    { match: { userMessage: "long" }, response: { content: "half an ans", finishReason: "length" } },
    {
      match: { userMessage: "cut" },
      response: { content: "a long answer that breaks off somewhere in the middle of it" },
      truncateAfterChunks: 2,
    },
  ]);
});

afterAll(() => models.close());
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const OUTPUT = {
  type: "object",
  required: ["risk"],
  properties: { risk: { type: "string", enum: ["low", "high"] }, note: { type: "string" } },
};
const STRICT = {
  name: "answer",
  strict: true,
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["risk", "note"],
    properties: { risk: OUTPUT.properties.risk, note: { anyOf: [{ type: "string" }, { type: "null" }] } },
  },
};
const TOOL = {
  name: "http.get",
  description: "Fetch",
  input: { type: "object", properties: { url: { type: "string" } } },
};

const ask = (content: string, more: Partial<AgentRequest> = {}): AgentRequest => ({
  agent: "clerk",
  model: "gpt-5-mini",
  instructions: "Be brief.",
  input: null,
  messages: [{ role: "user", content }],
  examples: [],
  tools: [],
  options: {},
  ...more,
});
const context = (options: { env?: Record<string, string>; signal?: AbortSignal } = {}) =>
  effectContext({ env: { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: models.baseUrl }, ...options });
const fault = (request: AgentRequest, given = context()): Promise<StageError> =>
  provider.complete(request, given).then(
    () => expect.unreachable("it should fail"),
    (error) => error,
  );
const lastRequest = async () => (await models.requests()).at(-1) as Record<string, unknown>;

describe.each(["chat", "responses"] as const)("over %s", (api) => {
  const options: JsonObject = { api };

  it("answers in text, with the server's count of tokens and no price for a server that is not OpenAI's", async () => {
    const reply = await provider.complete(ask("say hello", { options }), context());
    expect(reply).toMatchObject({ text: "Hello there, friend.", toolCalls: [] });
    expect(reply.usage).toMatchObject({ provider: "openai", model: "gpt-5-mini", estimated: false, usd: null });
    if (api === "chat") expect(reply.usage).toMatchObject({ inputTokens: 40, outputTokens: 7 });
  });

  it("asks for the schema in strict mode and gives the parsed object without nulls for what is absent", async () => {
    const reply = await provider.complete(ask("classify", { options, output: OUTPUT }), context());
    expect(reply.output).toEqual({ risk: "low" });
    // The model server keeps no format of a Responses request: see "over responses" below.
    if (api === "chat") expect(await lastRequest()).toMatchObject({ response_format: { json_schema: STRICT } });
  });

  it("calls a tool whose name OpenAI does not allow, and is told its result", async () => {
    const first = await provider.complete(ask("look up", { options, tools: [TOOL] }), context());
    expect(first.toolCalls).toMatchObject([{ name: "http.get", arguments: { url: "http://x.test/" } }]);
    const [call] = first.toolCalls as [(typeof first.toolCalls)[number]];
    const messages: AgentRequest["messages"] = [
      { role: "user", content: "look up" },
      { role: "assistant", content: first.text, toolCalls: first.toolCalls },
      { role: "tool", toolCallId: call.id, name: call.name, content: "42" },
    ];
    const second = await provider.complete(ask("", { options, tools: [TOOL], messages }), context());
    expect(second).toMatchObject({ text: "It says 42.", toolCalls: [] });
  });

  it("streams into the live view and gives the same answer", async () => {
    const given = context();
    const reply = await provider.complete(ask("say hello", { options: { api, stream: true } }), given);
    expect(reply.text).toBe("Hello there, friend.");
    expect(given.progressed.length).toBeGreaterThan(1);
    for (const said of given.progressed) expect("Hello there, friend.".startsWith(said)).toBe(true);
    expect(given.progressed.at(-1)).toBe("Hello there, friend.");
    expect(reply.usage.estimated).toBe(false);
  });

  it("takes a stream that breaks off for no answer, and says another try may do", async () => {
    const error = await fault(ask("cut", { options: { api, stream: true } }));
    expect(["agent-output-truncated", "provider-unreachable"]).toContain(error.code);
    expect(error.retryable).toBe(true);
  });

  it("passes on how long to wait when it is asked to slow down", async () => {
    expect(await fault(ask("too fast", { options }))).toMatchObject({
      code: "provider-rate-limited",
      retryable: true,
      retryAfter: 7_000,
    });
  });

  it("asks once and leaves the second try to the engine", async () => {
    const before = (await models.requests()).length;
    expect(await fault(ask("broken", { options }))).toMatchObject({ code: "provider-unavailable", retryable: true });
    expect((await models.requests()).length - before).toBe(1);
  });
});

describe("what is sent", () => {
  it("has instructions, examples, settings and limits in their places", async () => {
    const examples = [{ input: { a: 1 }, output: { risk: "low" } }];
    const options = { temperature: 0.2, seed: 7 };
    await provider.complete(ask("say hello", { examples, options, maxOutputTokens: 50 }), context());
    expect(await lastRequest()).toMatchObject({
      temperature: 0.2,
      seed: 7,
      max_tokens: 50,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: '{"a":1}' },
        { role: "assistant", content: '{"risk":"low"}' },
        { role: "user", content: "say hello" },
      ],
    });
  });

  it("takes its model from the agent, else OPENAI_MODEL", async () => {
    const { model: _, ...without } = ask("say hello");
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: models.baseUrl, OPENAI_MODEL: "local-model" };
    expect((await provider.complete(without, context({ env }))).usage.model).toBe("local-model");
  });

  it("refuses options that would change the conversation", async () => {
    expect(await fault(ask("say hello", { options: { messages: [] } }))).toMatchObject({ code: "agent-option" });
  });

  it("reads an object out of a code fence", async () => {
    expect((await provider.complete(ask("fenced", { output: OUTPUT }), context())).output).toEqual({ risk: "high" });
  });

  it("gives no output when the text is no JSON", async () => {
    expect(await provider.complete(ask("say hello", { output: OUTPUT }), context())).not.toHaveProperty("output");
  });
});

describe("an answer cut at the token limit", () => {
  it("can only be cut again", async () => {
    expect(await fault(ask("long"))).toMatchObject({ code: "agent-output-truncated", retryable: false });
  });
});

const answer = (value: unknown, status = 200) =>
  serve((_, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  });
const at = (url: string, env: Record<string, string> = {}) =>
  context({ env: { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1`, ...env } });

describe("over responses", () => {
  it("keeps no state on the server and asks for the schema", async () => {
    const message = { type: "message", content: [{ type: "output_text", text: '{"risk":"low"}' }] };
    server = await answer({ model: "m", status: "completed", output: [message] });
    const reply = await provider.complete(ask("x", { output: OUTPUT, options: { api: "responses" } }), at(server.url));
    expect(reply.output).toEqual({ risk: "low" });
    expect(JSON.parse(server.seen[0]?.body ?? "")).toMatchObject({
      store: false,
      instructions: "Be brief.",
      input: [{ role: "user", content: "x" }],
      text: { format: { type: "json_schema", ...STRICT } },
    });
  });

  it("takes an incomplete answer for one cut at the limit", async () => {
    server = await answer({ model: "m", status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
    const error = await fault(ask("x", { options: { api: "responses" } }), at(server.url));
    expect(error).toMatchObject({ code: "agent-output-truncated", retryable: false });
  });
});

describe("faults", () => {
  it.each([
    [400, "provider-bad-request", false],
    [401, "provider-unauthorized", false],
    [403, "provider-forbidden", false],
    [404, "provider-not-found", false],
    [408, "provider-timeout", true],
    [409, "provider-conflict", true],
    [422, "provider-bad-request", false],
    [503, "provider-unavailable", true],
  ])("%i is %s", async (status, code, retryable) => {
    server = await answer({ error: { message: `Incorrect API key provided: ${KEY}` } }, status);
    const error = await fault(ask("x"), at(server.url));
    expect(error).toMatchObject({ code, retryable });
    expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain(KEY);
  });

  it("a used-up quota does not come back by waiting", async () => {
    server = await answer({ error: { message: "quota", code: "insufficient_quota" } }, 429);
    expect(await fault(ask("x"), at(server.url))).toMatchObject({ code: "provider-quota", retryable: false });
  });

  it("a refusal is told as one", async () => {
    const message = { role: "assistant", content: null, refusal: "I cannot help with that." };
    server = await answer({ model: "m", choices: [{ index: 0, message, finish_reason: "stop" }] });
    expect(await fault(ask("x"), at(server.url))).toMatchObject({
      code: "agent-refused",
      retryable: false,
      message: expect.stringContaining("I cannot help with that."),
    });
  });

  it("a server that counts no tokens gets an estimate that is marked as one", async () => {
    server = await answer({
      model: "m",
      choices: [{ index: 0, message: { content: "four chars" }, finish_reason: "stop" }],
    });
    const { usage } = await provider.complete(ask("x"), at(server.url));
    expect(usage).toMatchObject({ outputTokens: 3, estimated: true, usd: null });
  });

  it("nobody listening may be over soon", async () => {
    server = await answer({});
    const { url } = server;
    await server.close();
    expect(await fault(ask("x"), at(url))).toMatchObject({ code: "provider-unreachable", retryable: true });
  });

  it("an abort ends the call at once, with its own reason", async () => {
    const abort = new AbortController();
    server = await serve(() => abort.abort(new Error("the run was cancelled")));
    const given = effectContext({ env: { OPENAI_BASE_URL: `${server.url}/v1` }, signal: abort.signal });
    await expect(provider.complete(ask("x"), given)).rejects.toThrow("the run was cancelled");
  });
});

describe("keys", () => {
  const ok = { model: "m", choices: [{ index: 0, message: { content: "ok" }, finish_reason: "stop" }] };

  it("the environment's key never goes to an agent's own server", async () => {
    server = await answer(ok);
    await provider.complete(ask("x", { options: { baseUrl: `${server.url}/v1` } }), context());
    expect(server.seen[0]?.headers["authorization"]).toBe("Bearer none");
    const options = { baseUrl: `${server.url}/v1`, apiKeyEnv: "LOCAL_KEY" };
    await provider.complete(ask("x", { options }), at("http://127.0.0.1:9", { LOCAL_KEY: "local" }));
    expect(server.seen[1]?.headers["authorization"]).toBe("Bearer local");
  });

  it("OpenAI itself is not asked without one", async () => {
    expect(await fault(ask("x"), context({ env: {} }))).toMatchObject({ code: "provider-no-key", retryable: false });
  });
});
