import { afterEach, describe, expect, it } from "vitest";
import openai from "../../plugins/openai/index.js";
import type { AgentProvider, AgentRequest, JsonObject, StageError } from "../../src/plugin/api.js";
import { effectContext } from "../support/effect-context.js";
import { type HttpServer, serve } from "../support/http-server.js";

const provider = openai.providers?.[0] as AgentProvider;
const KEY = "sk-test-0123456789abcdef";

let server: HttpServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function answering(status: number, body: string, type = "application/json"): Promise<string> {
  server = await serve((_, response) => void response.writeHead(status, { "content-type": type }).end(body));
  return `${server.url}/v1`;
}

async function fault(env: Record<string, string>, options: JsonObject = {}): Promise<StageError> {
  const request: AgentRequest = {
    ...{ agent: "clerk", model: "gpt-99", instructions: "", input: null, examples: [], tools: [], options },
    messages: [{ role: "user", content: "hello" }],
  };
  const error: StageError = await provider.complete(request, effectContext({ env })).then(
    () => expect.unreachable("it should fail"),
    (thrown) => thrown,
  );
  expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain(KEY);
  return error;
}

const failing = async (status: number, message: string, env: Record<string, string> = { OPENAI_API_KEY: KEY }) =>
  fault({ ...env, OPENAI_BASE_URL: await answering(status, JSON.stringify({ error: { message } })) });

describe("a fault names its cause, its place and what to do", () => {
  it("a key that is not set, and nothing counts as spent for it", async () => {
    const error = await fault({});
    expect(error).toMatchObject({ code: "provider-no-key", isFree: true });
    expect(error.message).toMatch(/OPENAI_API_KEY is not set.*OPENAI_BASE_URL.*--provider embedded/);
  });

  it("a key that is refused, by its variable", async () => {
    const error = await failing(401, `Incorrect API key provided: ${KEY}`);
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ does not accept the API key \(401\): check OPENAI_API_KEY/);
  });

  it("a key that is asked for where none was sent", async () => {
    const baseUrl = await answering(401, "{}");
    const error = await fault({ OPENAI_API_KEY: KEY }, { baseUrl });
    expect(error.message).toContain("none was sent; name its variable with the agent's apiKeyEnv");
  });

  it("a model the server does not have, in the server's words and once", async () => {
    const error = await failing(404, "The model `gpt-99` does not exist");
    expect(error).toMatchObject({ code: "provider-not-found", retryable: false });
    expect(error.message).toMatch(
      /\(404\): The model `gpt-99` does not exist; check the agent's model \(gpt-99\) and OPENAI_BASE_URL \(http:\S+\/v1\)$/,
    );
  });

  it("a long story of the server's, with no half of a key at its end", async () => {
    const error = await failing(422, `${"x".repeat(490)} ${KEY} and more`);
    expect(error.message).toMatch(/x{490} (sk-)?\*\*\* and/);
    expect(error.message).not.toContain("sk-test");
  });

  it("a server that is down, by its address without what is secret in it", async () => {
    const url = await answering(200, "{}");
    await server?.close();
    server = undefined;
    const error = await fault({ OPENAI_BASE_URL: `${url}?key=${KEY}` });
    expect(error).toMatchObject({ code: "provider-unreachable", retryable: true, isFree: true });
    const address = url.replaceAll(".", "\\.");
    expect(error.message).toMatch(new RegExp(`^${address} could not be reached \\(ECONNREFUSED\\).*OPENAI_BASE_URL`));
  });

  it("a page where a model server should be", async () => {
    const url = await answering(200, "<html>", "application/json");
    const error = await fault({ OPENAI_BASE_URL: url });
    expect(error).toMatchObject({ code: "provider-bad-answer" });
    expect(error.message).toContain("is OPENAI_BASE_URL");
  });

  it.each(["localhost:1234", KEY, "http://me:secret@models.test/v1", "ftp://models.test/v1"])(
    "an address that is none (%s), not repeated",
    async (url) => {
      const error = await fault({ OPENAI_BASE_URL: url });
      expect(error).toMatchObject({ code: "provider-address", retryable: false });
      expect(error.message).toContain("OPENAI_BASE_URL is no address of a server");
      expect(error.message).not.toContain(url);
    },
  );
});

describe("a server that asks to slow down", () => {
  const slowed = async (headers: Record<string, string>) => {
    server = await serve((_, response) => void response.writeHead(429, headers).end("{}"));
    const { retryAfter } = await fault({ OPENAI_BASE_URL: `${server.url}/v1` });
    await server.close();
    return retryAfter;
  };
  const of = (what: string, remaining: string, reset: string) => ({
    [`x-ratelimit-remaining-${what}`]: remaining,
    [`x-ratelimit-reset-${what}`]: reset,
  });

  it("is taken at its word, and else at what it says is used up", async () => {
    const both = { ...of("requests", "0", "1.5s"), ...of("tokens", "0", "6m0s") };
    expect(await slowed({ "retry-after": "2", ...both })).toBe(2_000);
    expect(await slowed(both)).toBe(360_000);
    expect(await slowed({ ...of("requests", "0", "20ms"), ...of("tokens", "900", "6m0s") })).toBe(20);
  });

  it("that says nothing readable leaves the wait to the stage's own retry", async () => {
    expect(await slowed({})).toBeUndefined();
    expect(await slowed(of("requests", "0", "soon"))).toBeUndefined();
  });
});
