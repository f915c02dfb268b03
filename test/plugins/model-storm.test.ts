import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import agent from "../../plugins/agent/index.js";
import openai from "../../plugins/openai/index.js";
import type { JsonObject } from "../../src/core/json.js";
import type { Plan, RetryPlan } from "../../src/core/plan.js";
import { Engine } from "../../src/engine/engine.js";
import type { Host, Store } from "../../src/engine/ports.js";
import { Registry } from "../../src/plugin/registry.js";
import { sqliteStore } from "../../src/store/knex/sqlite/store.js";
import { begin, StepClock, testHost } from "../support/host.js";
import { type HttpServer, serve } from "../support/http-server.js";
import { plan } from "../support/plan.js";

let folder: string;
let server: HttpServer | undefined;
const stores: Store[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "storm-"));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  for (const store of stores.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

/** One of several processes on one file. */
async function hostOn(clock: StepClock, name: string): Promise<Host> {
  const store = sqliteStore({ file: join(folder, "runs.sqlite") });
  await store.open();
  stores.push(store);
  const env: Record<string, string> = { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: `${server?.url}/v1` };
  return testHost([], {
    ...{ store, clock, owner: { name, isDead: () => false } },
    registry: new Registry([agent, openai]),
    env: (variable) => env[variable],
  });
}

/** When one was let through: not before it asked, nor after it had its answer. */
interface Grant {
  readonly asked: number;
  readonly told: number;
}

function noteGrants(store: Store, clock: StepClock, grants: Grant[]): void {
  const ask = store.askLimits.bind(store);
  store.askLimits = async (asks, asker, now) => {
    const answers = await ask(asks, asker, now);
    const told = clock.now();
    grants.push(...answers.filter((answer) => answer === undefined).map(() => ({ asked: now, told })));
    return answers;
  };
}

function asking(items: readonly string[], more: JsonObject, retry?: RetryPlan): Plan {
  const stage = {
    ...{ uses: "agent", with: { agent: "clerk", prompt: "${{ item }}" } },
    forEach: { items: [...items], as: "item", concurrency: 50, tolerate: {} },
    ...(retry === undefined ? {} : { retry }),
  };
  const agents = { clerk: { instructions: "Answer.", provider: "openai", model: "small", ...more } };
  return plan("ask", { ask: stage }, { agents });
}

const answer = JSON.stringify({
  id: "1",
  object: "chat.completion",
  model: "small",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "yes" } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

/** What was asked, out of a request to the model. */
function promptOf(body: string): string {
  return /item \w+/.exec(body)?.[0] ?? "";
}

interface Driven {
  readonly host: Host;
  readonly run: string;
  readonly ended: Promise<unknown>;
}

async function driven(host: Host, plan: Plan): Promise<Driven> {
  const engine = new Engine(host);
  const run = await begin(engine, plan);
  return { host, run, ended: engine.drive(run, { patience: 1_000_000 }) };
}

/** Moves the time until all have ended, never past a lease that a busy machine had no time to renew. */
async function passTime(clock: StepClock, drives: readonly Driven[], step: number): Promise<void> {
  let isOver = false;
  const all = Promise.all(drives.map(({ ended }) => ended)).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const rows = await Promise.all(drives.map(({ host, run }) => host.store.getRun(run)));
    if (rows.every((row) => (row?.leaseUntil ?? Number.POSITIVE_INFINITY) > clock.now() + 2 * step))
      clock.set(clock.now() + step);
  }
  expect(await all).toEqual(drives.map(() => "ended"));
}

it("loses no call and doubles none in a storm of 429s with Retry-After", async () => {
  const answered = new Map<string, number>();
  const refused = new Map<string, number>();
  let open = 0;
  server = await serve(({ body }, response) => {
    const prompt = promptOf(body);
    open += 1;
    const times = refused.get(prompt) ?? 0;
    if (times < 2 || open % 3 === 0) {
      refused.set(prompt, times + 1);
      response
        .writeHead(429, { "content-type": "application/json", "retry-after": "2" })
        .end('{"error":{"message":"slow"}}');
      return;
    }
    answered.set(prompt, (answered.get(prompt) ?? 0) + 1);
    response.writeHead(200, { "content-type": "application/json" }).end(answer);
  });
  const clock = new StepClock();
  const host = await hostOn(clock, "one/1");
  const items = Array.from({ length: 40 }, (_, at) => `item x${at}`);
  const retry = { maxAttempts: 50, delay: 100, backoff: "fixed", factor: 1, maxDelay: 5_000, jitter: "none" } as const;
  const drive = await driven(host, asking(items, {}, retry));
  const { run } = drive;
  await passTime(clock, [drive], 2_000);
  expect(await host.store.getRun(run)).toMatchObject({ status: "succeeded" });
  expect([...answered.keys()].sort()).toEqual([...items].sort());
  expect([...answered.values()].every((times) => times === 1)).toBe(true);
  // It waits as long as it is asked to: two refusals and an answer are three times of asking, two seconds apart.
  const failures = (await host.store.readEvents(run)).filter(({ event }) => event.type === "attemptFailed");
  expect(failures.length).toBe([...refused.values()].reduce((sum, times) => sum + times, 0));
  for (const { event } of failures) {
    if (event.type !== "attemptFailed") continue;
    expect(event.error.code).toBe("provider-rate-limited");
    expect((event.retryAt ?? 0) - event.at).toBeGreaterThanOrEqual(2_000);
  }
}, 60_000);

it("holds to an agent's rate in two engines on one file together", async () => {
  const prompts: string[] = [];
  const clock = new StepClock();
  server = await serve(({ body }, response) => {
    prompts.push(promptOf(body));
    response.writeHead(200, { "content-type": "application/json" }).end(answer);
  });
  const hosts = [await hostOn(clock, "one/1"), await hostOn(clock, "two/2")];
  // When each was let through, not when it came: on a busy machine the clock steps on while it is on its way.
  const grants: Grant[] = [];
  for (const { store } of hosts) noteGrants(store, clock, grants);
  const drives: Driven[] = [];
  for (const [at, host] of hosts.entries()) {
    const items = Array.from({ length: 6 }, (_, item) => `item ${"ab"[at]}${item}`);
    const rateLimit = { requestsPerMinute: 4, tokensPerMinute: 100_000 };
    drives.push(await driven(host, asking(items, { rateLimit })));
  }
  await passTime(clock, drives, 5_000);
  expect(new Set(prompts).size).toBe(12);
  expect(prompts.length).toBe(12);
  expect(grants.length).toBe(12);
  for (const { asked: from } of grants) {
    const within = grants.filter(({ asked, told }) => asked >= from && told < from + 60_000);
    expect(within.length).toBeLessThanOrEqual(4);
  }
}, 60_000);

it("leaves a provider that is down alone for a while, and says until when", async () => {
  server = await serve((_, response) => {
    response.writeHead(503, { "content-type": "application/json" }).end('{"error":{"message":"down"}}');
  });
  const host = await hostOn(new StepClock(), "one/1");
  const engine = new Engine(host);
  const errors: string[] = [];
  for (let at = 0; at < 7; at++) {
    const run = await begin(engine, asking([`item ${at}`], { baseUrl: server.url }));
    await engine.drive(run, { patience: 0 });
    for (const { event } of await host.store.readEvents(run)) {
      if (event.type !== "stageEnded" || event.stage !== "ask[0]") continue;
      errors.push(event.error?.code ?? "");
      if (event.error?.code !== "provider-resting") continue;
      expect(event.error).toMatchObject({ retryable: true, details: { until: expect.stringMatching(/^\d{4}-.*Z$/) } });
      expect(event.error.retryAfter).toBeGreaterThan(0);
    }
  }
  expect(errors).toEqual([...Array(5).fill("provider-unavailable"), "provider-resting", "provider-resting"]);
  expect(server.seen).toHaveLength(5);
});
