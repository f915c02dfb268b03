import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { maskFor } from "../../src/engine/mask.js";
import type { StageType } from "../../src/plugin/api.js";
import { begin, Stage, testHost } from "../support/host.js";
import { plan, workflowPlan } from "../support/plan.js";

const PATIENT = { patience: 1_000_000 };
const outcomes = ["approved", "rejected"];
const gate = { uses: "ask", kind: "wait" as const, outcomes };

/** A gate that shows people what its input says. */
const quoting: StageType = {
  name: "ask",
  kind: "wait",
  title: "Ask",
  description: "Asks.",
  input: { type: "object" },
  output: { type: "object" },
  outcomes,
  open: ({ text }) => ({
    approval: {
      title: "Go on?",
      message: String(text),
      approvers: ["bob"],
      forbid: [],
      quorum: { approve: 1, reject: 1 },
      outcomes,
    },
  }),
};

describe("secrets", () => {
  it("reach the stage that uses them and no journal, error or output", async () => {
    const work = new Stage();
    const seen: unknown[] = [];
    work.answer = ({ input, stage }) => {
      seen.push(input["token"]);
      if (stage === "bad") throw new Error("refused with token s3cret-token");
      return { echo: `sent s3cret-token`, nested: ["s3cret-token"] };
    };
    const host = testHost([work.type]);
    const engine = new Engine(host);
    const withToken = { with: { token: "${{ secrets.TOKEN }}" } };
    const of = plan("good, bad", { good: withToken, bad: withToken }, { secrets: ["TOKEN"] });
    const run = await begin(engine, of);
    await engine.drive(run, PATIENT);
    expect(seen).toEqual(["s3cret-token", "s3cret-token"]);
    const everything = JSON.stringify([await host.store.readEvents(run), await host.store.getRun(run)]);
    expect(everything).not.toContain("s3cret");
    expect(everything).toContain("sent ***");
    expect(everything).toContain("refused with token ***");
  });

  it("named in a question, a call or an end stay out of the journal and the approvals list too", async () => {
    const host = testHost([new Stage().type, quoting]);
    const engine = new Engine(host);
    const token = "${{ secrets.TOKEN }}";
    const called = workflowPlan("in", {}, { id: "sub", inputs: { token: { type: "string" } } });
    const specs = {
      gate: { ...gate, with: { text: `use ${token}` } },
      sub: { uses: "workflow", kind: "workflow" as const, calls: "sub", with: { workflow: "sub", inputs: { token } } },
      each: { forEach: { items: "${{ [1] }}", as: "item", concurrency: 1, tolerate: {} }, with: { token } },
      stop: { uses: "end", kind: "end" as const, with: { status: "failed", message: token }, needs: ["sub", "each"] },
    };
    const run = await begin(engine, plan("gate", specs, { secrets: ["TOKEN"] }, { sub: called }));
    await engine.drive(run, { patience: 0 });
    const everything = JSON.stringify([
      await host.store.readEvents(run),
      await host.store.getRun(run),
      await host.store.listApprovals({ run }),
    ]);
    expect(everything).not.toContain("s3cret");
    expect(everything).toContain("use ***");
  });

  it("are masked as they look in JSON, in an address and in base64, wherever in it they begin", () => {
    const secret = 'p"ss wörd/+1234';
    const mask = maskFor([secret]);
    const base64 = ["", "a", "ab"].map((before) => Buffer.from(`${before}${secret}:tail`).toString("base64"));
    const shown = [JSON.stringify({ secret }), `https://x.org/?k=${encodeURIComponent(secret)}`, ...base64];
    const url = Buffer.from(`a${secret}`).toString("base64url");
    for (const text of [...shown, url]) expect(mask.text(text), text).toContain("***");
    const middle = Buffer.from(secret).toString("base64").slice(4, 16);
    expect(mask.text(base64[0]!)).not.toContain(middle);
    expect(maskFor(["abcd"]).text("YWJj"), "too little of a short one is left to tell it").toBe("YWJj");
  });

  it("that are not set stop the run before anything is written", async () => {
    const host = testHost([new Stage().type], { secrets: { get: async () => undefined } });
    const start = begin(new Engine(host), plan("a", {}, { secrets: ["TOKEN"] }));
    await expect(start).rejects.toMatchObject({ code: "secret-missing" });
    expect(await host.store.listRuns({})).toEqual([]);
  });
});
