import { EventEmitter, once } from "node:events";
import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import agent from "../../plugins/agent/index.js";
import openai from "../../plugins/openai/index.js";
import { Engine } from "../../src/engine/engine.js";
import type { EffectStageType, JsonObject, StageError } from "../../src/plugin/api.js";
import { Registry } from "../../src/plugin/registry.js";
import { type ModelServer, startModelServer } from "../support/aimock.js";
import { effectContext } from "../support/effect-context.js";
import { begin, testHost } from "../support/host.js";
import { type HttpServer, serve } from "../support/http-server.js";
import { plan } from "../support/plan.js";

const stage = agent.stages?.[0] as EffectStageType;
const WORDS = "and so on and so forth ".repeat(20);
const CHUNK = `data: ${JSON.stringify({
  ...{ id: "1", object: "chat.completion.chunk", model: "m" },
  choices: [{ index: 0, delta: { content: WORDS.repeat(200) }, finish_reason: null }],
})}\n\n`;

let server: HttpServer | ModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const fault = (baseUrl: string, more: JsonObject, signal?: AbortSignal): Promise<StageError> => {
  const agents = { clerk: { instructions: "Talk.", ...more } };
  const env = { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: "sk-test" };
  const context = effectContext({ plugins: [agent, openai], agents, env, ...(signal && { signal }) });
  return stage.run({ agent: "clerk", prompt: "for ever" }, context).then(
    () => expect.unreachable("it should not end well"),
    (error) => error,
  );
};

/** Writes the same for as long as somebody listens. `closed` resolves when nobody does any more. */
function endless(head: string, again: string) {
  const said = new EventEmitter();
  const started = once(said, "started");
  const closed = once(said, "closed");
  const answer = (_: unknown, response: ServerResponse) => {
    response.on("close", () => said.emit("closed"));
    response.writeHead(200, { "content-type": head.startsWith("{") ? "application/json" : "text/event-stream" });
    response.write(head);
    const pour = () => {
      if (!response.destroyed) response.write(again, () => setImmediate(pour));
    };
    pour();
    said.emit("started");
  };
  return { answer, closed, started };
}

describe("a reply that never ends", () => {
  it("of an independent server is ended by the agent's time, which says so", async () => {
    server = await startModelServer([
      { match: { userMessage: "for ever" }, response: { content: WORDS.repeat(50) }, chunkSize: 1, latency: 50 },
    ]);
    const error = await fault(server.baseUrl, { stream: true, limits: { timeout: "400ms" } });
    expect(error).toMatchObject({ code: "agent-timeout", retryable: true });
    expect(error.message).toContain("did not answer within 400ms (limits.timeout)");
  });

  it("and pours is ended by its size, whether it streams or not, and the connection with it", async () => {
    for (const [stream, head, again] of [
      [true, CHUNK, CHUNK],
      [false, '{"model":"m","choices":[{"index":0,"message":{"content":"', WORDS.repeat(200)],
    ] as const) {
      const { answer, closed } = endless(head, again);
      server = await serve(answer);
      const error = await fault(`${server.url}/v1`, { stream });
      expect(error).toMatchObject({ code: "agent-output-endless", retryable: false });
      expect(error.message).toContain("32 MB");
      await closed;
      await server.close();
    }
  }, 60_000);

  it("ends at once when it is told to, and the server is left alone", async () => {
    const { answer, closed, started } = endless(": wait\n\n", ": wait\n\n");
    server = await serve(answer);
    const abort = new AbortController();
    const ending = fault(`${server.url}/v1`, { stream: true }, abort.signal);
    await started;
    abort.abort(new Error("the run was cancelled"));
    expect((await ending).message).toBe("the run was cancelled");
    await closed;
  });

  it("does not hold up a run that is cancelled", async () => {
    const { answer, closed, started } = endless(": wait\n\n", ": wait\n\n");
    server = await serve(answer);
    const env: Record<string, string> = { OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_API_KEY: "sk-test" };
    const host = testHost([], { registry: new Registry([agent, openai]), env: (name) => env[name] });
    const engine = new Engine(host);
    const agents = { clerk: { instructions: "Talk.", provider: "openai", stream: true } };
    const run = await begin(engine, plan("ask", { ask: { uses: "agent", with: { agent: "clerk" } } }, { agents }));
    const drive = engine.drive(run, { patience: 0 });
    await started;
    await host.store.post(run, { type: "cancel", by: "ann" }, 1);
    expect(await drive).toBe("ended");
    expect(await host.store.getRun(run)).toMatchObject({ status: "cancelled" });
    await closed;
  });
});
