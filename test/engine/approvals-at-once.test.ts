import { expect, it } from "vitest";
import { decide } from "../../src/app/people.js";
import { Engine } from "../../src/engine/engine.js";
import type { StageType } from "../../src/plugin/api.js";
import { begin, journalOf, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const ANY = { type: "object" };
const outcomes = ["approved", "rejected"];
const ask: StageType = {
  name: "ask",
  kind: "wait",
  title: "Ask",
  description: "Asks.",
  input: ANY,
  output: ANY,
  outcomes,
  open: () => ({
    approval: { title: "?", approvers: ["role:manager"], forbid: [], quorum: { approve: 1, reject: 1 }, outcomes },
  }),
};

it("takes a thousand approvals that arrive at once, each by two people, and records each once", async () => {
  const host = testHost([ask]);
  const engine = new Engine(host);
  const gate = { uses: "ask", kind: "wait" as const, outcomes };
  const names = Array.from({ length: 1000 }, (_, at) => `g${at}`);
  const run = await begin(engine, plan(names.join(","), Object.fromEntries(names.map((name) => [name, gate]))));
  expect(await engine.drive(run, { patience: 0 })).toBe("waiting");
  const open = await host.store.listApprovals({ run, status: ["open"] });
  expect(open).toHaveLength(1000);
  const say = (id: string, user: string) => {
    const by = { user, roles: ["manager"], groups: [], via: "test" };
    return decide(host.store, id, { by, outcome: "approved" }, () => host.clock.now());
  };
  const driven = engine.drive(run, { patience: 1_000_000 });
  const said = await Promise.allSettled(open.flatMap(({ id }) => [say(id, "ann"), say(id, "bob")]));
  expect(said.filter(({ status }) => status === "fulfilled")).toHaveLength(1000);
  if ((await driven) === "waiting") await engine.drive(run, { patience: 0 });
  expect(new Set(Object.values(await journalOf(host.store, run)))).toEqual(new Set(["approved"]));
  const made = (await host.store.readEvents(run)).filter(({ event }) => event.type === "decisionMade");
  expect(made).toHaveLength(1000);
  expect(await host.store.getRun(run)).toMatchObject({ status: "succeeded", ended: 1000 });
});
