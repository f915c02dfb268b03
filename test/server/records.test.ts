import path from "node:path";
import { describe, expect, it } from "vitest";
import { harm } from "../support/harm.js";
import { type Running, serveProject, until } from "./support.js";

const FILES = {
  "stagecraft.config.yaml": "identities: { users: { heidi: { roles: [director] }, ann: {} } }\n",
  "definitions/ask.workflow.yaml": `apiVersion: stagecraft/v1
id: ask
version: "1.0.0"
triggers:
  - { id: daily, cron: "0 3 * * *", timezone: Europe/Berlin }
  - { id: drop, file: "inbox/*.csv" }
stages:
  gate: { uses: approval, with: { title: "Pay?", approvers: [heidi] } }
`,
};

async function withRun(): Promise<{ server: Running; run: string }> {
  const server = await serveProject(FILES, { as: "heidi" });
  const { json } = await server.ask("/api/v1/runs", { method: "POST", body: { definition: "ask" } });
  await until(
    async () => (await server.app.findRun(json.id)).status,
    (status) => status === "waiting",
  );
  return { server, run: json.id };
}

describe("the audit over HTTP", () => {
  it("says who did what, the newest first, in pages and by filter", async () => {
    const { server, run } = await withRun();
    const [approval] = (await server.ask("/api/v1/approvals")).json.items;
    const decision = { outcome: "approved", comment: "fine" };
    await server.ask(`/api/v1/approvals/${approval.id}/decision`, { method: "POST", body: decision });
    await until(
      async () => (await server.app.findRun(run)).status,
      (status) => status === "succeeded",
    );
    const whole = (await server.ask("/api/v1/audit")).json;
    expect(whole.next).toBe(null);
    expect(whole.items.at(-1)).toMatchObject({ what: "runStarted", who: "heidi", run, seq: 1 });
    const said: unknown[] = [];
    for (let after = ""; after !== "end"; ) {
      const { json } = await server.ask(`/api/v1/audit?limit=2${after === "" ? "" : `&after=${after}`}`);
      expect(json.items.length).toBeLessThanOrEqual(2);
      said.push(...json.items);
      after = json.next ?? "end";
    }
    expect(said).toEqual(whole.items);
    const { items } = (await server.ask("/api/v1/audit?who=heidi&run=last")).json;
    expect(items.map(({ what }: { what: string }) => what)).toContain("decisionMade");
    const people = (await server.ask("/api/v1/audit?engine=false")).json.items;
    expect(people).toEqual(whole.items.filter(({ who }: { who: string }) => who !== "engine"));
    expect(people.length).toBeLessThan(whole.items.length);
    expect((await server.ask("/api/v1/audit?after=trail::99")).json).toMatchObject({ status: 400 });
    const later = new Date(Date.now() + 60_000).toISOString();
    expect((await server.ask(`/api/v1/audit?since=${later}`)).json.items).toEqual([]);
  });

  it("lists holds until they are released", async () => {
    const { server, run } = await withRun();
    const held = async () => (await server.ask("/api/v1/audit/holds")).json.items;
    expect(await held()).toEqual([]);
    await server.app.audit.hold(run, "dana", "case 4711");
    expect(await held()).toMatchObject([{ run, by: "dana", reason: "case 4711" }]);
    await server.app.audit.release(run, "dana");
    expect(await held()).toEqual([]);
  });

  it("proves the chain, and names the row that was changed behind its back", async () => {
    const { server, run } = await withRun();
    expect((await server.ask("/api/v1/audit/proof")).json).toMatchObject({ proven: true, runs: 1, faults: [] });
    await harm(
      path.join(server.project, "test.sqlite"),
      "UPDATE events SET data = replace(data, 'heidi', 'mallory') WHERE seq = 1",
    );
    const { json } = await server.ask(`/api/v1/audit/proof?run=${run}`);
    expect(json).toMatchObject({ proven: false, faults: [{ run, seq: 1, kind: "changed" }] });
  });
});

describe("schedules over HTTP", () => {
  it("say their next times, and are paused and resumed by whoever may", async () => {
    const { server } = await withRun();
    const list = async () => (await server.ask("/api/v1/schedules")).json.items;
    const [daily, drop] = await list();
    expect(daily).toMatchObject({ id: "ask/daily", when: "0 3 * * * Europe/Berlin", pausedBy: null });
    expect(daily.upcoming).toHaveLength(5);
    expect(daily.upcoming[0]).toBe(daily.nextAt);
    expect(drop).toMatchObject({ id: "ask/drop", when: "inbox/*.csv", upcoming: [] });
    const change = (verb: string) => server.ask(`/api/v1/schedules/ask/daily/${verb}`, { method: "POST", body: {} });
    expect((await change("pause")).json).toMatchObject({ pausedBy: "heidi", nextAt: null, upcoming: [] });
    expect((await list())[0]).toMatchObject({ pausedBy: "heidi" });
    expect((await change("resume")).json).toMatchObject({ pausedBy: null, nextAt: daily.nextAt });
    const unknown = await server.ask("/api/v1/schedules/ask/dayly/pause", { method: "POST", body: {} });
    expect(unknown.json).toMatchObject({ status: 404, code: "unknown-schedule", help: "did you mean ask/daily?" });
  });

  it("are not changed on a server that only shows", async () => {
    const server = await serveProject(FILES, { as: "heidi", isReadOnly: true });
    const { json } = await server.ask("/api/v1/schedules/ask/daily/pause", { method: "POST", body: {} });
    expect(json).toMatchObject({ status: 403, code: "read-only" });
  });
});
