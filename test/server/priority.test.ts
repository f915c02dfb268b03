import { expect, it } from "vitest";
import { serveProject, until } from "./support.js";

const flow = (id: string, more = "") => `apiVersion: stagecraft/v1
id: ${id}
version: "1.0.0"
${more}stages:
  done: { uses: transform, with: { values: { ok: true } } }
`;
const FILES = {
  "definitions/slow.workflow.yaml": flow("slow"),
  "definitions/urgent.workflow.yaml": flow("urgent", "priority: 10\n"),
};

it("a more urgent run goes before those that came first, and says its priority wherever it is shown", async () => {
  const server = await serveProject(FILES, { isReadOnly: true });
  const { app } = server;
  const start = async (id: string, priority?: number) =>
    (await app.start(await app.read(id), { inputs: {}, by: app.actor(), ...(priority !== undefined && { priority }) }))
      .id;
  const first = await start("slow");
  const second = await start("slow", 20);
  const urgent = await start("urgent");
  const { items } = (await server.ask("/api/v1/runs")).json;
  expect(items.map(({ id, priority }: { id: string; priority: number }) => [id, priority])).toEqual([
    [urgent, 10],
    [second, 20],
    [first, 0],
  ]);
  expect(items[0]).toMatchObject({ status: "queued", waitingFor: "a process that drives it" });

  const begun: string[] = [];
  const stop = new AbortController();
  const worker = await app.work({
    runs: 1,
    signal: stop.signal,
    listener: (run) => void (begun.includes(run) || begun.push(run)),
  });
  await until(
    async () => begun.length,
    (count) => count === 3,
  );
  stop.abort();
  await worker.done;
  expect(begun).toEqual([second, urgent, first]);
  const store = await app.store();
  const [{ event } = {}] = await store.readEvents(second);
  expect(event).toMatchObject({ type: "runStarted", priority: 20 });
});

it("the API takes a priority with a run, and refuses one that is out of bounds", async () => {
  const server = await serveProject(FILES);
  const start = (priority: unknown) =>
    server.ask("/api/v1/runs", { method: "POST", body: { definition: "urgent", inputs: {}, priority } });
  expect((await start(-7)).json).toMatchObject({ workflow: "urgent", priority: -7 });
  expect((await start(5_000)).json).toMatchObject({ status: 400, code: "invalid-request" });
});
