import { expect, it, onTestFinished } from "vitest";
import { serveProject } from "../server/support.js";
import { appOf, projectOf } from "../support/project.js";

/** A stage that holds the event loop for so many milliseconds of processor time. */
const BUSY = `import { definePlugin } from "stagecraft/plugin";
export default definePlugin({
  name: "busy",
  version: "1.0.0",
  apiVersion: 1,
  stages: [
    {
      name: "busy/burn",
      kind: "pure",
      title: "Burn",
      description: "Works for a while.",
      input: { type: "object", properties: { ms: { type: "number" } } },
      output: { type: "object", properties: {} },
      run: ({ ms }) => {
        const from = process.cpuUsage();
        for (;;) {
          const { user, system } = process.cpuUsage(from);
          if ((user + system) / 1000 >= ms) return { outputs: {} };
        }
      },
    },
  ],
});
`;
const flow = (id: string) => `apiVersion: stagecraft/v1
id: ${id}
version: "1.0.0"
inputs: { ms: { type: number } }
stages:
  first: { uses: transform, with: { values: { a: 1 } } }
  burn: { uses: busy/burn, needs: [first], with: { ms: "\${{ inputs.ms }}" } }
`;
const FILES = {
  "stagecraft.config.yaml": "plugins: [./busy.ts]\n",
  "busy.ts": BUSY,
  "definitions/busy.workflow.yaml": flow("busy"),
  "definitions/calm.workflow.yaml": flow("calm"),
};

it("a run driven alone has the processor time it took, its process's memory, and how late the event loop was", async () => {
  const project = projectOf(FILES);
  const app = await appOf(project);
  const { id } = await app.start(await app.read("busy"), { inputs: { ms: 300 }, by: app.actor() });
  await app.drive(id, { patience: 60_000 });
  await app.close();

  const later = await appOf(project);
  onTestFinished(() => later.close());
  const { used } = await later.view(id);
  expect(used).toMatchObject({ run: id, isShared: false });
  expect(used?.cpuMs).toBeGreaterThanOrEqual(300);
  expect(used?.loopDelayMs).toBeGreaterThan(200);
  expect(used?.peakRssBytes).toBeGreaterThan(20_000_000);
  const { total, workflows } = await later.stats.report({});
  const { cpuMs, peakRssBytes, loopDelayMs } = used as NonNullable<typeof used>;
  expect(workflows[0]?.resources).toEqual({ runs: 1, shared: 0, cpuMs, peakRssBytes, loopDelayMs });
  expect(total.resources).toEqual(workflows[0]?.resources);
});

it("runs beside each other share the time and say so; the API and Prometheus have it by workflow", async () => {
  const server = await serveProject(FILES);
  const ids: string[] = [];
  for (const definition of ["busy", "calm"]) {
    const body = { definition, inputs: { ms: definition === "busy" ? 200 : 1 } };
    ids.push((await server.ask("/api/v1/runs", { method: "POST", body })).json.id);
  }
  for (const id of ids) {
    await expect
      .poll(async () => (await server.ask(`/api/v1/runs/${id}`)).json.status, { timeout: 20_000 })
      .toBe("succeeded");
  }
  const { text } = await server.ask("/metrics");
  for (const name of ["cpu_seconds_total", "memory_bytes", "loop_delay_seconds"]) {
    expect(text).toMatch(new RegExp(`^stagecraft_workflow_${name}\\{workflow="busy"\\} [\\d.e-]+$`, "m"));
  }
  const shown = await Promise.all(ids.map(async (id) => (await server.ask(`/api/v1/runs/${id}`)).json.resources));
  const { total, workflows } = (await server.ask("/api/v1/metrics/summary")).json;
  expect(total.resources).toMatchObject({ runs: 2, shared: shown.filter(({ shared }) => shared).length });
  expect(total.resources.cpuMs).toBeCloseTo(shown[0].cpuMs + shown[1].cpuMs, 3);
  expect(total.resources.cpuMs).toBeGreaterThanOrEqual(200);
  expect(workflows.map(({ resources }: { resources: { runs: number } }) => resources.runs)).toEqual([1, 1]);
});
