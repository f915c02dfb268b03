import { expect, it, onTestFinished } from "vitest";
import { serveProject } from "../server/support.js";
import { appOf, projectOf } from "../support/project.js";

const FINE = `apiVersion: stagecraft/v1
id: fine
version: "1.0.0"
stages:
  one: { uses: transform, with: { values: { a: 1 } } }
  ask: { needs: [one], uses: approval, with: { title: Go on?, approvers: [heidi] } }
`;
const FILES = { "definitions/fine.workflow.yaml": FINE };

it("a server answers Prometheus with how things stand and what ended, to those who may read and without ids of runs", async () => {
  const server = await serveProject(FILES, { as: "heidi" });
  const { json: run } = await server.ask("/api/v1/runs", { method: "POST", body: { definition: "fine", inputs: {} } });
  await expect
    .poll(async () => (await server.ask("/api/v1/approvals")).json.items[0], { timeout: 10_000 })
    .toBeDefined();
  expect((await server.bare("/metrics")).status).toBe(401);
  const open = await server.ask("/metrics");
  expect(open.headers["content-type"]).toMatch(/^text\/plain/);
  expect(open.text).toContain("stagecraft_approvals_pending 1");
  const [{ id }] = (await server.ask("/api/v1/approvals")).json.items;
  await server.ask(`/api/v1/approvals/${id}/decision`, { method: "POST", body: { outcome: "approved" } });
  await expect
    .poll(async () => (await server.ask("/metrics")).text, { timeout: 10_000 })
    .toContain('stagecraft_runs_total{workflow="fine",status="succeeded"} 1');
  const { text } = await server.ask("/metrics");
  expect(text).toContain('stagecraft_stages_total{workflow="fine",type="approval"} 1');
  expect(text).toContain('stagecraft_approval_wait_seconds_count{workflow="fine"} 1');
  expect(text).toMatch(/stagecraft_workflow_cpu_seconds_total\{workflow="fine"\} 0\.\d+/);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  expect(text).toMatch(/^process_resident_memory_bytes \d/m);
  expect(text).not.toContain(run.id);
});

it("a worker answers on a port of its own, and nothing but numbers", async () => {
  const app = await appOf(projectOf(FILES));
  const stop = new AbortController();
  onTestFinished(async () => {
    stop.abort();
    await app.close();
  });
  const url = await app.meter.listen({ host: "127.0.0.1", port: 0, signal: stop.signal });
  expect(await (await fetch(url)).text()).toContain('stagecraft_runs_open{status="queued"} 0');
  expect((await fetch(url.replace("/metrics", "/"))).status).toBe(404);
  const other = app.meter.listen({ host: "127.0.0.1", port: Number(new URL(url).port), signal: stop.signal });
  await expect(other).rejects.toMatchObject({ code: "port-taken" });
});
