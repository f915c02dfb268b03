import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import http from "../../plugins/http/index.js";
import { Engine } from "../../src/engine/engine.js";
import { Registry } from "../../src/plugin/registry.js";
import { begin, journalOf, Stage, settle, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const PATIENT = { patience: 1_000_000 };
const SLOW = "https://slow.example.org/x";
const FREE = "https://free.example.org/x";

/** Effects that make one request each, held open until the test answers it; `url` names the host. */
function requesting(concurrency: number, limit = 1) {
  const open: { readonly stage: string; answer(): void }[] = [];
  const work = new Stage();
  work.answer = ({ stage, input, context }) =>
    context.atHost(String(input["url"]), () => new Promise((answer) => open.push({ stage, answer: () => answer({}) })));
  const host = testHost([work.type], { concurrency, hosts: new Map([["slow.example.org", limit]]) });
  return { host, engine: new Engine(host), open, names: () => open.map(({ stage }) => stage) };
}

const to = (url: string) => ({ with: { url } });

it("makes no more requests to a host than it allows, and gives the slots of those that wait to others", async () => {
  const { host, engine, open, names } = requesting(2);
  const run = await begin(engine, plan("a, b, c, d", { a: to(SLOW), b: to(SLOW), c: to(SLOW), d: to(FREE) }));
  const told: string[] = [];
  const progress = (stage: string, message: string) => told.push(`${stage} ${message}`);
  const going = engine.drive(run, { ...PATIENT, progress });
  await settle();
  expect(names()).toEqual(["a", "d"]);
  expect(told).toContain("b waits for slow.example.org: 1 requests are under way");
  for (let next = 0; next < 4; next++) {
    open[next]?.answer();
    await settle();
  }
  expect(await going).toBe("ended");
  expect(names()).toEqual(["a", "d", "b", "c"]);
  expect(Object.values(await journalOf(host.store, run))).toEqual(Array(4).fill("succeeded"));
});

it("takes a slot again before it asks: no more effects work at a time than there are slots", async () => {
  const { engine, open, names } = requesting(1);
  const run = await begin(engine, plan("a, b, d", { a: to(SLOW), b: to(SLOW), d: to(FREE) }));
  const other = await begin(engine, plan("x", { x: to(SLOW) }));
  const going = [engine.drive(run, PATIENT)];
  await settle();
  going.push(engine.drive(other, PATIENT));
  await settle();
  // One slot, one at work: the others could not even ask.
  expect(names()).toEqual(["a"]);
  for (let next = 0; next < 4; next++) {
    open[next]?.answer();
    await settle();
    expect(open.length - next - 1).toBeLessThanOrEqual(1);
  }
  expect(await Promise.all(going)).toEqual(["ended", "ended"]);
});

it("is left by who is cancelled while it waits, and by who fails", async () => {
  const { host, engine, open, names } = requesting(4);
  const first = await begin(engine, plan("a", { a: to(SLOW) }));
  const second = await begin(engine, plan("b", { b: to(SLOW) }));
  const third = await begin(engine, plan("c", { c: to(SLOW) }));
  const drives = [engine.drive(first, PATIENT)];
  await settle();
  for (const run of [second, third]) drives.push(engine.drive(run, PATIENT));
  await settle();
  await host.store.post(second, { type: "cancel", by: "ann" }, host.clock.now());
  host.clock.set(host.clock.now() + 1_000);
  expect(await drives[1]).toBe("ended");
  open[0]?.answer();
  await settle();
  expect(names()).toEqual(["a", "c"]);
  open[1]?.answer();
  expect(await Promise.all(drives)).toEqual(["ended", "ended", "ended"]);
  expect(await journalOf(host.store, second)).toEqual({ b: "cancelled" });
});

it("holds for the http stage, to the last byte of the answer", async () => {
  let [now, widest] = [0, 0];
  const server = createServer((_, response) => {
    now += 1;
    widest = Math.max(widest, now);
    response.write("half");
    response.on("close", () => {
      now -= 1;
    });
    setImmediate(() => response.end(" and half"));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const host = testHost([], { registry: new Registry([http]), concurrency: 8, hosts: new Map([[place, 2]]) });
    const forEach = { items: [1, 2, 3, 4, 5, 6], as: "item", concurrency: 6, tolerate: {} };
    const get = { uses: "http", with: { url: `http://${place}/` }, forEach };
    const engine = new Engine(host);
    const run = await begin(engine, plan("get", { get }));
    expect(await engine.drive(run, PATIENT)).toBe("ended");
    expect((await journalOf(host.store, run))["get"]).toBe("succeeded");
    expect(widest).toBeLessThanOrEqual(2);
  } finally {
    server.close();
  }
});
