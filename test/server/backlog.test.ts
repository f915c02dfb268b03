import { expect, it } from "vitest";
import { serveProject, until } from "./support.js";

const WAITS = `apiVersion: stagecraft/v1
id: waits
version: "1.0.0"
inputs: { n: { type: integer } }
triggers: [{ id: open, webhook: { unsigned: true }, inputs: { n: "\${{ trigger.body.n }}" } }]
concurrency: { group: one, limit: 1, onConflict: queue }
stages:
  gate: { uses: wait, with: { event: { name: go } } }
`;

it("takes no more runs from outside than the queue may hold, says when to come again, and says why runs wait", async () => {
  const server = await serveProject({
    "stagecraft.config.yaml": "server: { queue: 2 }\n",
    "definitions/waits.workflow.yaml": WAITS,
  });
  const start = (n: number) =>
    server.ask("/api/v1/runs", { method: "POST", body: { definition: "waits", inputs: { n } } });
  const runs = async () =>
    (await server.ask("/api/v1/runs")).json.items as { status: string; waitingFor: string | null }[];
  expect((await start(1)).status).toBe(201);
  await until(runs, ([first]) => first?.status === "waiting");
  expect((await start(2)).status).toBe(201);
  expect((await start(3)).status).toBe(201);
  const full = await until(
    () => start(4),
    ({ status }) => status === 429,
  );
  expect(full.json).toMatchObject({ status: 429, code: "queue-full", help: expect.stringContaining("server.queue") });
  expect(full.headers["retry-after"]).toBe("5");
  const hook = await server.bare("/api/v1/hooks/waits/open", {
    method: "POST",
    body: { n: 5 },
    headers: { "content-type": "application/json" },
  });
  expect([hook.status, hook.json.code]).toEqual([429, "queue-full"]);
  expect(
    (await runs())
      .map(({ waitingFor }) => waitingFor)
      .reverse()
      .slice(0, 3),
  ).toEqual(["event go for gate", "its turn: one run of its group ahead", "its turn: 2 runs of its group ahead"]);
  const goOn = () => server.ask("/api/v1/events", { method: "POST", body: { name: "go" } });
  await until(
    async () => [await goOn(), await start(6)],
    ([, started]) => started?.status === 201,
  );
});
