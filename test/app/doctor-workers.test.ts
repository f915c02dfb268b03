import { once } from "node:events";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { workers } from "../../src/app/doctor-workers.js";

const SETTINGS = { ingress: "", admin: "", listen: "0.0.0.0:9080", identityKeys: [], graceSeconds: 5 };
const KEY = "publickeyv1_ChjENKeMvCtRnqG2mrBK1HmPKufgFUc98K8B3ononQvp";

/** What answers where the workers should be. */
async function answering(status: number): Promise<string> {
  const server = http2.createServer((_, response) => void response.writeHead(status).end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("doctor finds out whether a worker answers where Restate calls it, and whether anybody may call", async () => {
  const up = { ...SETTINGS, workers: await answering(200) };
  expect(await workers(up)).toMatchObject({ status: "warn", help: expect.stringContaining("identityKeys") });
  expect(await workers({ ...up, identityKeys: [KEY] })).toMatchObject({ status: "ok" });
  expect(await workers({ ...up, listen: "127.0.0.1:9080" })).toMatchObject({ status: "ok" });
  const empty = { ...SETTINGS, workers: await answering(503) };
  expect(await workers(empty)).toMatchObject({ status: "fail", help: "the balancer finds no worker up" });
  expect(await workers({ ...SETTINGS, workers: "http://127.0.0.1:1" })).toMatchObject({ status: "fail" });
});
