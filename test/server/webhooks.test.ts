import { createHmac } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { JsonObject } from "../../src/core/json.js";
import { type Answer, type Running, serveProject, until } from "./support.js";

const KEY = "0123456789abcdef0123456789abcdef";
const ORDERS = `apiVersion: stagecraft/v1
id: orders
version: "1.0.0"
inputs:
  order: { type: string, pattern: "^A-[0-9]+$" }
  amount: { type: number, default: 0 }
triggers:
  - id: paid
    webhook: { secret: SHOP_SECRET }
    filter: "\${{ trigger.type != 'ping' }}"
    inputs: { order: "\${{ trigger.body.order }}", amount: "\${{ trigger.body.amount }}" }
  - { id: pushed, webhook: { secret: SHOP_SECRET, scheme: github }, inputs: { order: "\${{ trigger.body.order }}" } }
  - { id: open, webhook: { unsigned: true }, inputs: { order: "\${{ trigger.body.order }}" } }
  - { id: single, webhook: { secret: SHOP_SECRET }, overlap: skip, inputs: { order: "\${{ trigger.body.order }}" } }
  - { id: turns, webhook: { secret: SHOP_SECRET }, overlap: queue, inputs: { order: "\${{ trigger.body.order }}" } }
  - { id: unset, webhook: { secret: NEVER_SET }, inputs: { order: "\${{ trigger.body.order }}" } }
  - { id: said, event: orderPlaced, inputs: { order: "\${{ trigger.data.order }}" } }
stages:
  gate: { uses: wait, with: { event: { name: go, match: { order: "\${{ inputs.order }}" } } } }
outputs: { order: "\${{ inputs.order }}", amount: "\${{ inputs.amount }}" }
`;

let server: Running;
beforeEach(async () => {
  process.env["SHOP_SECRET"] = KEY;
  onTestFinished(() => void delete process.env["SHOP_SECRET"]);
  server = await serveProject({ "definitions/orders.workflow.yaml": ORDERS });
});

interface Sent {
  readonly id?: string;
  readonly at?: number;
  readonly key?: string;
}

function signed(body: string, { id = "msg_1", at = Date.now(), key = KEY }: Sent = {}): Record<string, string> {
  const seconds = String(Math.floor(at / 1_000));
  const mac = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  const headers = { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": `v1,AAAA v1,${mac}` };
  return { "content-type": "application/json", ...headers };
}

const text = (body: JsonObject | string) => (typeof body === "string" ? body : JSON.stringify(body));
const post = (trigger: string, body: JsonObject | string, headers: Readonly<Record<string, string>>): Promise<Answer> =>
  server.bare(`/api/v1/hooks/orders/${trigger}`, { method: "POST", body: text(body), headers });
const send = (trigger: string, body: JsonObject | string, sent?: Sent) => post(trigger, body, signed(text(body), sent));
const runs = async () => (await server.ask("/api/v1/runs")).json.items as { id: string; by: string; status: string }[];

describe("a signed webhook", () => {
  it("starts a run without a token, from what the sender said, and tells it which", async () => {
    const answer = await send("paid", { type: "order.paid", order: "A-17", amount: 12.5 });
    expect([answer.status, answer.json]).toEqual([202, { run: expect.any(String), because: null }]);
    const view = await server.app.view(answer.json.run);
    expect(view.run).toMatchObject({ by: "trigger:orders/paid" });
    expect(view.inputs).toEqual({ order: "A-17", amount: 12.5 });
  });

  it("starts one run for a delivery, however often it is sent, and refuses its id for something else", async () => {
    const body = { order: "A-17", amount: 1 };
    const first = await send("paid", body);
    const again = await Promise.all([send("paid", body), send("paid", body)]);
    expect(again.map(({ status, json }) => [status, json.run])).toEqual([
      [200, first.json.run],
      [200, first.json.run],
    ]);
    expect((await send("paid", { order: "A-18", amount: 1 })).json).toMatchObject({ status: 409, code: "key-reused" });
    expect(await runs()).toHaveLength(1);
  });

  it("refuses a wrong or missing signature, a changed body and a stale or future timestamp, and starts nothing", async () => {
    const body = text({ order: "A-17", amount: 1 });
    const { "webhook-signature": _, ...unsigned } = signed(body);
    const late = 6 * 60_000;
    const answers = [
      await send("paid", body, { key: "another secret that is long enough" }),
      await post("paid", body.replace("A-17", "A-18"), signed(body)),
      await post("paid", body, { ...signed(body), "webhook-id": "msg_2" }),
      await post("paid", body, { ...signed(body), "webhook-timestamp": String(Math.floor(Date.now() / 1_000) + 1) }),
      await post("paid", body, unsigned),
      await send("paid", body, { at: Date.now() - late }),
      await send("paid", body, { at: Date.now() + late }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    const wrong = "signature-wrong";
    expect(answers.map(({ json }) => json.code)).toEqual([
      ...[wrong, wrong, wrong, wrong, "signature-missing", "timestamp-stale", "timestamp-stale"],
    ]);
    expect(answers[0]!.headers["content-type"]).toBe("application/problem+json");
    expect(JSON.stringify(answers)).not.toContain(KEY);
    expect(await runs()).toEqual([]);
  });

  it("says what is wrong with inputs, with a body that is no JSON, and with a webhook that is not there", async () => {
    const wrong = await send("paid", { order: "17", amount: "much" });
    expect(wrong.json).toMatchObject({ status: 422, code: "invalid-input" });
    expect(wrong.json.detail).toMatch(/order.*amount/);
    expect((await send("paid", { amount: 1 })).json).toMatchObject({ status: 422, code: "invalid-input" });
    expect((await send("paid", "{")).json).toMatchObject({ status: 400, code: "invalid-json" });
    expect((await send("unset", { order: "A-1" })).json).toMatchObject({ status: 503, code: "trigger-unready" });
    const gone = await Promise.all([send("pad", {}), send("said", {}), send("..%2fpaid", {})]);
    expect(gone.map(({ json }) => json.code)).toEqual(["unknown-webhook", "unknown-webhook", "unknown-webhook"]);
    const large = text({ order: "A-1", filler: "x".repeat(1_100_000) });
    expect((await send("paid", large)).json).toMatchObject({ status: 413, code: "payload-too-large" });
    expect(await runs()).toEqual([]);
  });

  it("knows both secrets while one is replaced by another", async () => {
    process.env["SHOP_SECRET"] = `${KEY} whsec_${Buffer.from("the next secret of the shop").toString("base64")}`;
    const next = await send("paid", { order: "A-1", amount: 1 }, { key: "the next secret of the shop" });
    const old = await send("paid", { order: "A-2", amount: 1 }, { id: "msg_2" });
    expect([next.status, old.status]).toEqual([202, 202]);
  });

  it("passes over what its filter does not let through", async () => {
    const answer = await send("paid", { type: "ping" });
    expect([answer.status, answer.json]).toEqual([200, { run: null, because: "filtered" }]);
  });
});

describe("a webhook", () => {
  it("of GitHub's kind is proven by its body, so that the same body under another name starts nothing more", async () => {
    const body = text({ order: "A-3" });
    const signature = `sha256=${createHmac("sha256", KEY).update(body).digest("hex")}`;
    const headers = { "content-type": "application/json", "x-hub-signature-256": signature, "x-github-event": "push" };
    const first = await post("pushed", body, { ...headers, "x-github-delivery": "1" });
    const again = await post("pushed", body, { ...headers, "x-github-delivery": "2" });
    expect([first.status, again.status, again.json.run]).toEqual([202, 200, first.json.run]);
    const wrong = await post("pushed", `${body} `, headers);
    expect(wrong.json.code).toBe("signature-wrong");
  });

  it("takes what nobody signed only where its definition says so", async () => {
    const headers = { "content-type": "application/json" };
    expect((await post("open", { order: "A-4" }, headers)).status).toBe(202);
    expect((await post("paid", { order: "A-4" }, headers)).json.code).toBe("signature-missing");
    // A page of another site cannot use it for what it is.
    const origin = { ...headers, origin: "https://elsewhere.example" };
    expect((await post("open", { order: "A-4" }, origin)).json.code).toBe("cross-origin");
  });

  it("passes over, or keeps for its turn, what comes while its run has not ended", async () => {
    const passed = [await send("single", { order: "A-1" }), await send("single", { order: "A-2" }, { id: "msg_2" })];
    expect(passed.map(({ status, json }) => [status, json.because])).toEqual([
      [202, null],
      [200, "passedOver"],
    ]);
    const queued = await Promise.all(
      [11, 12, 13].map((order) => send("turns", { order: `A-${order}` }, { id: `msg_${order}` })),
    );
    expect(queued.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(queued.filter(({ json }) => json.because === "queued").length).toBeGreaterThan(1);
    expect((await send("turns", { order: "A-11" }, { id: "msg_11" })).json.because).toBe("repeated");
    const done = new Set<string>();
    while (done.size < 3) {
      const [next] = await until(
        async () =>
          (await runs()).filter(({ by, id, status }) => by.endsWith("turns") && status === "waiting" && !done.has(id)),
        (found) => found.length > 0,
      );
      const { inputs } = await server.app.view(next!.id);
      await server.ask("/api/v1/events", { method: "POST", body: { name: "go", data: inputs } });
      await until(runs, (all) => all.some(({ id, status }) => id === next!.id && status === "succeeded"));
      done.add(next!.id);
    }
    expect((await runs()).filter(({ by }) => by.endsWith("turns"))).toHaveLength(3);
  });

  it("that is paused asks its senders to come again, and a read-only server takes none", async () => {
    await (await server.app.scheduler()).pause("orders/paid", "ann", Date.now());
    const paused = await send("paid", { order: "A-1", amount: 1 });
    expect([paused.status, paused.json.code, paused.headers["retry-after"]]).toEqual([503, "trigger-paused", "5"]);
    fs.mkdirSync(path.join(server.project, ".stagecraft"), { recursive: true });
    const only = await serveProject({ "definitions/orders.workflow.yaml": ORDERS }, { isReadOnly: true });
    const body = text({ order: "A-1", amount: 1 });
    const refused = await only.bare("/api/v1/hooks/orders/paid", { method: "POST", body, headers: signed(body) });
    expect(refused.json.code).toBe("read-only");
  });
});

describe("an event over HTTP", () => {
  it("starts what starts by it and wakes what waits for it, once for each id", async () => {
    const say = (body: JsonObject, headers = {}) => server.ask("/api/v1/events", { method: "POST", body, headers });
    const event = { name: "orderPlaced", data: { order: "A-7" }, id: "order-7" };
    // Whoever drives here has to have met the definition before.
    await until(
      () => server.app.store().then((store) => store.listSchedules()),
      (rows) => rows.some(({ id }) => id === "orders/said"),
    );
    expect((await say(event)).json).toEqual({ id: "order-7", delivered: 0 });
    expect((await say(event)).json).toEqual({ id: "order-7", delivered: 0 });
    const [run] = await until(runs, (all) => all.some(({ status }) => status === "waiting"));
    expect((await say({ name: "go", data: { order: "A-7" } }, { "idempotency-key": "g1" })).json).toMatchObject({
      id: "g1",
      delivered: 1,
    });
    await until(runs, (all) => all.every(({ status }) => status === "succeeded"));
    expect((await runs()).map(({ id, by }) => [id, by])).toEqual([[run!.id, "trigger:orders/said"]]);
    expect(
      (
        await server.bare("/api/v1/events", {
          method: "POST",
          body: event,
          headers: { "content-type": "application/json" },
        })
      ).json.code,
    ).toBe("token-missing");
    expect((await say({ data: {} })).json.code).toBe("invalid-request");
  });
});
