import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ApiError, type EventRecord, StagecraftClient } from "../../src/client/index.js";
import { type Running, serveProject, until } from "./support.js";

const FILES = {
  "stagecraft.config.yaml": "identities: { users: { heidi: { roles: [director] } } }\n",
  "definitions/ask.workflow.yaml": `apiVersion: stagecraft/v1
id: ask
version: "1.0.0"
inputs:
  amount: { type: number }
stages:
  sum: { uses: transform, with: { values: { total: "\${{ inputs.amount * 2 }}" } } }
  gate:
    needs: [sum]
    uses: approval
    with: { title: "Pay \${{ stages.sum.outputs.total }}?", approvers: ["role:director"] }
  paid: { needs: [gate.approved], uses: transform, with: { values: { ok: true } } }
outputs: { total: "\${{ stages.sum.outputs.total }}" }
`,
};

const clientOf = ({ token }: Running, port: number) =>
  new StagecraftClient({ url: `http://127.0.0.1:${port}/`, token });

const opened: net.Server[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

/** A wire to the server that can be cut. */
async function wireTo(port: number) {
  const sockets = new Set<net.Socket>();
  const wire = net.createServer((near) => {
    const far = net.connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => {});
      from.on("close", () => to.destroy());
      from.pipe(to);
    }
  });
  opened.push(wire);
  await new Promise<void>((resolve) => wire.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return { port: (wire.address() as net.AddressInfo).port, cut };
}

describe("the client", () => {
  it("starts a run once, hears its journal through a cut wire, decides, and reads what came of it", async () => {
    const server = await serveProject(FILES, { as: "heidi" });
    const wire = await wireTo(server.port);
    const client = clientOf(server, wire.port);
    const body = { definition: "ask", inputs: { amount: 20 } };
    const { id } = await client.startRun(body, { idempotencyKey: "order-17" });
    expect(await client.startRun(body, { idempotencyKey: "order-17" })).toMatchObject({ id });

    const heard: EventRecord[] = [];
    const journal = client.follow(id);
    const hear = async (type: string) => {
      while (heard.at(-1)?.event.type !== type) heard.push((await journal.next()).value as EventRecord);
    };
    await hear("stageWaiting");
    wire.cut();
    const straight = clientOf(server, server.port);
    const [approval] = (await straight.listApprovals()).items;
    expect(approval).toMatchObject({ run: id, stage: "gate", mine: true });
    const { status } = await straight.decideApproval(approval?.id ?? "", { outcome: "approved", comment: "fine" });
    expect(status).toBe("decided");
    await hear("runEnded");
    await journal.return();

    expect(await client.finished(id)).toMatchObject({ status: "succeeded", outputs: { total: 40 } });
    const { items, next } = await client.listEvents(id);
    expect(next).toBeNull();
    expect(heard).toEqual(items);
    expect((await client.showRun("last")).stages.map(({ path, outcome }) => `${path} ${outcome}`)).toEqual([
      "sum succeeded",
      "gate approved",
      "paid succeeded",
    ]);
  });

  it("cancels, reads a list page by page, and ends a loop that nothing else would end", async () => {
    const server = await serveProject(FILES);
    const client = clientOf(server, server.port);
    const ids = [];
    for (const amount of [1, 2, 3]) ids.push((await client.startRun({ definition: "ask", inputs: { amount } })).id);
    const listed = [];
    for await (const run of client.every((after) => client.listRuns({ limit: 2, ...(after && { after }) }))) {
      listed.push(run.id);
    }
    expect(listed).toEqual(ids.toReversed());

    const [first = "", second = ""] = ids;
    await client.cancelRun(first, { reason: "not needed" });
    expect(await client.finished(first)).toMatchObject({ status: "cancelled" });
    await until(
      () => client.showRun(second),
      ({ status }) => status === "waiting",
    );
    const enough = new AbortController();
    const heard = [];
    for await (const { event } of client.follow(second, { signal: enough.signal, after: 1 })) {
      heard.push(event.type);
      if (event.type === "stageWaiting") enough.abort();
    }
    expect(heard).not.toContain("runStarted");
    expect(heard.at(-1)).toBe("stageWaiting");
  });

  it("says what the server refused as the command line would", async () => {
    const server = await serveProject(FILES);
    const client = clientOf(server, server.port);
    const refused = async (asked: Promise<unknown>) => asked.catch((error) => error);
    const error = await refused(client.startRun({ definition: "ask", inputs: { amount: "many" } }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, code: "invalid-input" });
    expect(await refused(client.showRun("nobody/../x"))).toMatchObject({ status: 404, code: "unknown-run" });
    expect(await refused(client.follow("nobody").next())).toMatchObject({ status: 404, code: "unknown-run" });
    const stranger = new StagecraftClient({ url: `http://127.0.0.1:${server.port}`, token: "wrong" });
    expect(await refused(stranger.listRuns())).toMatchObject({ status: 401, code: "token-unknown" });
  });
});
