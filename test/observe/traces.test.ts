import http from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { StagecraftClient } from "../../src/client/index.js";
import { serveProject, until } from "../server/support.js";
import { createProject } from "../support/cli.js";
import { type Collector, type SeenSpan, startCollector } from "../support/collector.js";

const SECRET = "correct-horse-battery-staple";
const flow = (url: string) => `apiVersion: stagecraft/v1
id: order
version: "1.0.0"
secrets: [ERP_TOKEN]
inputs: { note: { type: string, default: "a private remark" } }
agents:
  clerk: { instructions: "Read it.", output: { type: object, properties: { amount: { type: number } } } }
stages:
  read: { uses: agent, with: { agent: clerk, input: { text: "amount: 12" } } }
  check:
    needs: [read]
    uses: group
    stages:
      call: { uses: http, with: { url: "${url}/\${{ secrets.ERP_TOKEN }}" }, retry: { maxAttempts: 2, delay: 1ms } }
  gate: { needs: [check], uses: wait, with: { event: { name: go } } }
  last: { needs: [gate], uses: transform, with: { values: { note: "\${{ inputs.note }}" } } }
`;

/** Refuses the first request; keeps the trace header of each. */
async function erp(): Promise<{ url: string; traces: (string | undefined)[] }> {
  const traces: (string | undefined)[] = [];
  const server = http.createServer((request, response) => {
    traces.push(request.headers["traceparent"] as string | undefined);
    response.writeHead(traces.length === 1 ? 503 : 200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, traces };
}

const named = (spans: readonly SeenSpan[], name: string) => spans.filter((span) => span.name === name);

async function twice(collector: Collector, more: Readonly<Record<string, string>> = {}) {
  const service = await erp();
  const at = createProject({ "definitions/order.workflow.yaml": flow(service.url) });
  const env = { ERP_TOKEN: SECRET, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...more };
  const first = await at.run(["run", "order", "--json"], { env });
  expect(first.code).toBe(3);
  await at.run(["emit", "go"], { env });
  // Another process takes it up.
  expect((await at.run(["resume", "--last", "--json"], { env })).code).toBe(0);
  const spans = await until(
    async () => collector.spans(),
    (seen) => named(seen, "run order").length > 0,
  );
  return { spans, traces: service.traces, run: JSON.parse(first.stdout).run.id as string };
}

describe("traces", () => {
  it("show a run with its stages, attempts and model calls as one trace, over two processes, and nothing of its data", async () => {
    const collector = await startCollector();
    const { spans, traces, run } = await twice(collector);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const [root] = named(spans, "run order");
    expect(root).toMatchObject({ parentSpanId: null, isFault: false });
    expect(root!.attributes).toMatchObject({ "stagecraft.run": run, "stagecraft.run.status": "succeeded" });
    const [check] = named(spans, "stage check");
    const [call] = named(spans, "stage check/call");
    expect([check!.parentSpanId, call!.parentSpanId]).toEqual([root!.spanId, check!.spanId]);
    const attempts = named(spans, "attempt check/call");
    expect(
      attempts.map(({ isFault, parentSpanId, attributes }) => [isFault, parentSpanId, attributes["error.type"]]),
    ).toEqual([
      [true, call!.spanId, "http-status"],
      [false, call!.spanId, undefined],
    ]);
    // The service was told which attempt asks.
    expect(traces).toEqual(attempts.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`));
    const model = spans.filter(({ attributes }) => attributes["gen_ai.operation.name"] === "chat");
    expect(model.length).toBeGreaterThan(0);
    expect(model[0]!.attributes).toMatchObject({
      "gen_ai.provider.name": "embedded",
      "gen_ai.request.model": expect.any(String),
      "gen_ai.usage.input_tokens": expect.anything(),
      "stagecraft.stage": "read",
    });
    expect(named(spans, "attempt read")[0]!.spanId).toBe(model[0]!.parentSpanId);
    for (const span of spans) expect(span.endedAt).toBeGreaterThanOrEqual(span.startedAt);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(ids.size).toBe(spans.length);
    expect(spans.filter(({ parentSpanId }) => parentSpanId !== null && !ids.has(parentSpanId))).toEqual([]);
    expect(root!.resource).toMatchObject({ "service.name": "stagecraft" });
    for (const word of [SECRET, "private", "amount"]) expect(collector.text()).not.toContain(word);
  });

  it("become part of the trace of whoever started the run, under the name the environment gives", async () => {
    const collector = await startCollector();
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const { spans } = await twice(collector, {
      TRACEPARENT: `00-${traceId}-b7ad6b7169203331-01`,
      OTEL_SERVICE_NAME: "orders",
    });
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(named(spans, "run order")[0]).toMatchObject({
      parentSpanId: "b7ad6b7169203331",
      resource: { "service.name": "orders" },
    });
  });
});

it("a run that is started over HTTP is part of the trace of whoever asked", async () => {
  const collector = await startCollector();
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.url;
  onTestFinished(() => void delete process.env["OTEL_EXPORTER_OTLP_ENDPOINT"]);
  const one = `apiVersion: stagecraft/v1
id: one
version: "1.0.0"
stages: { only: { uses: transform, with: { values: { a: 1 } } } }
`;
  const server = await serveProject({ "definitions/one.workflow.yaml": one });
  const client = new StagecraftClient({ url: `http://127.0.0.1:${server.port}`, token: server.token });
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const { id } = await client.startRun({ definition: "one" }, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  expect(await client.finished(id)).toMatchObject({ status: "succeeded" });
  const spans = await until(
    async () => named(collector.spans(), "run one"),
    ({ length }) => length > 0,
  );
  expect(spans).toMatchObject([{ traceId, parentSpanId: "b7ad6b7169203331" }]);
});

it("without a collector no request carries a trace, and none is sent to one that wants no samples", async () => {
  const collector = await startCollector();
  const service = await erp();
  const at = createProject({ "definitions/order.workflow.yaml": flow(service.url) });
  await at.run(["run", "order"], { env: { ERP_TOKEN: SECRET } });
  expect(service.traces).toEqual([undefined, undefined]);
  const env = { ERP_TOKEN: SECRET, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
  await at.run(["run", "order"], { env: { ...env, TRACEPARENT: unsampled } });
  expect(service.traces.at(-1)).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
  expect(collector.spans()).toEqual([]);
});
