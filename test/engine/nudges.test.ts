import { expect, it } from "vitest";
import approval from "../../plugins/approval/index.js";
import { decide } from "../../src/app/people.js";
import { Engine } from "../../src/engine/engine.js";
import type { Host } from "../../src/engine/ports.js";
import type { Notifier } from "../../src/plugin/api.js";
import { begin, Stage, StepClock, testHost } from "../support/host.js";
import { plan } from "../support/plan.js";

const MINUTE = 60_000;
const gate = {
  uses: "approval",
  kind: "wait" as const,
  outcomes: ["approved", "rejected", "expired"],
  with: {
    title: "Pay?",
    approvers: ["role:clerk"],
    notify: "ops",
    remindEvery: "10m",
    escalateTo: { approvers: ["role:director"], after: "25m" },
    expires: "1h",
  },
};

interface Told {
  readonly key: string;
  readonly about: string;
  readonly message: string;
}

/** A channel that remembers what it was told; `fault` makes it fail. */
function channel(fault: (told: Told) => Error | undefined = () => undefined) {
  const told: Told[] = [];
  const notifier: Notifier = {
    name: "pager",
    input: { type: "object" },
    async send({ message, data }, context) {
      const { about } = data as { about: string };
      const one = { key: context.idempotencyKey, about, message: String(message) };
      told.push(one);
      const error = fault(one);
      if (error !== undefined) throw error;
      return {};
    },
  };
  return { told, notifier };
}

function hostWith(notifier: Notifier, clock: StepClock): Host {
  const host = testHost([new Stage().type, ...(approval.stages ?? [])], { clock });
  host.registry.add({ name: "pager", version: "1.0.0", apiVersion: 1, notifiers: [notifier] });
  return { ...host, channel: (name) => ({ via: name === "ops" ? "pager" : name, settings: {} }) };
}

async function typesOf(host: Host, run: string): Promise<string[]> {
  return (await host.store.readEvents(run)).map(({ event }) => event.type);
}

it("tells approvers when an approval opens, reminds them, asks others too, and lets those decide", async () => {
  const clock = new StepClock();
  const { told, notifier } = channel();
  const host = hostWith(notifier, clock);
  const engine = new Engine(host);
  const run = await begin(engine, plan("gate", { gate }));
  const drive = () => engine.drive(run, { patience: 0 });
  expect(await drive()).toBe("waiting");
  expect(told.map(({ about }) => about)).toEqual(["opened"]);
  expect(told[0]!.message).toMatch(/^waits for a decision: Pay\? \(approval a\w{11}\)$/);
  expect((await host.store.getRun(run))!.wakeAt).toBe(clock.now() + 10 * MINUTE);
  const director = { user: "dora", roles: ["director"], groups: [], via: "test" };
  const [open] = await host.store.listApprovals({ run });
  const say = () => decide(host.store, open!.id, { by: director, outcome: "approved" }, () => clock.now());
  await expect(say()).rejects.toMatchObject({ code: "not-entitled" });
  for (const minutes of [10, 10, 5]) {
    clock.set(clock.now() + minutes * MINUTE);
    await drive();
  }
  expect(told.map(({ about }) => about)).toEqual(["opened", "reminder-1", "reminder-2", "escalated"]);
  expect(new Set(told.map(({ key }) => key)).size).toBe(4);
  const [wide] = await host.store.listApprovals({ run });
  expect(wide!.request.approvers).toEqual(["role:clerk", "role:director"]);
  await say();
  expect(await drive()).toBe("ended");
  expect((await typesOf(host, run)).filter((type) => /^appro/.test(type))).toEqual([
    "approversNotified",
    "approvalReminded",
    "approversNotified",
    "approvalReminded",
    "approversNotified",
    "approvalEscalated",
    "approversNotified",
  ]);
});

it("does not remind of what is decided", async () => {
  const clock = new StepClock();
  const { told, notifier } = channel();
  const host = hostWith(notifier, clock);
  const engine = new Engine(host);
  const run = await begin(engine, plan("gate", { gate }));
  await engine.drive(run, { patience: 0 });
  const [open] = await host.store.listApprovals({ run });
  const by = { user: "carl", roles: ["clerk"], groups: [], via: "test" };
  clock.set(clock.now() + 30 * MINUTE);
  await decide(host.store, open!.id, { by, outcome: "rejected" }, () => clock.now());
  await engine.drive(run, { patience: 0 });
  expect(told.map(({ about }) => about)).not.toContain("reminder-2");
  expect(await host.store.getRun(run)).toMatchObject({ wakeAt: null });
});

it("goes on when nobody can be told, and the journal says why", async () => {
  const { told, notifier } = channel(() => new Error("the pager is off"));
  const clock = new StepClock();
  const host = hostWith(notifier, clock);
  const engine = new Engine(host);
  const run = await begin(engine, plan("gate", { gate }));
  const driven = engine.drive(run, { patience: 0 });
  for (const tries of [1, 2, 3]) {
    await expect.poll(() => told.length).toBe(tries);
    await expect.poll(() => tries === 3 || clock.next !== undefined).toBe(true);
    if (tries < 3) clock.set(clock.next!);
  }
  expect(await driven).toBe("waiting");
  expect(new Set(told.map(({ key }) => key)).size, "one key for every try").toBe(1);
  const last = (await host.store.readEvents(run)).at(-1)!.event;
  expect(last).toMatchObject({ type: "approversNotified", about: "opened", error: { message: "the pager is off" } });
});

it("tells again, with the same key, what is not recorded as told when its process dies", async () => {
  const clock = new StepClock();
  const { told, notifier } = channel();
  const host = hostWith(notifier, clock);
  let isDead = false;
  const dying: Host = {
    ...host,
    store: {
      ...host.store,
      async commit(entries) {
        isDead ||= told.length > 0;
        if (isDead) throw new Error("the process died");
        return host.store.commit(entries);
      },
    },
  };
  const run = await begin(new Engine(dying), plan("gate", { gate }));
  await expect(new Engine(dying).drive(run, { patience: 0 })).rejects.toThrow("the process died");
  expect(told).toHaveLength(1);
  expect(await typesOf(host, run)).not.toContain("approversNotified");
  await new Engine(host).drive(run, { patience: 0 });
  expect(told).toHaveLength(2);
  expect(told[1]).toEqual(told[0]);
});
