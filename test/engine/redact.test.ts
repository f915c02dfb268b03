import { describe, expect, it } from "vitest";
import type { Event } from "../../src/core/event.js";
import type { Json, JsonObject } from "../../src/core/json.js";
import { maskFor } from "../../src/engine/mask.js";
import { Redactions } from "../../src/engine/redact.js";
import { marksOf } from "../../src/engine/redact-marks.js";
import { workflowPlan } from "../support/plan.js";

const vault = {
  seal: (text: string) => Buffer.from(text).toString("hex"),
  open: (text: string) => Buffer.from(text, "hex").toString(),
};

const IBAN = "DE89370400440532013000";

const started = (inputs: JsonObject): Event => ({
  ...{ type: "runStarted", at: 1, run: "r", by: "ann", definition: "d", inputs },
});
const ended = (outputs: Json, more: object = {}): Event => ({
  ...{ type: "stageEnded", at: 2, stage: "s", outcome: "succeeded", outputs, ...more },
});

/** A run whose input `secret` is redacted, begun with these inputs: what stands in its journal, and what was begun. */
function begun(inputs: JsonObject) {
  const redactions = new Redactions(vault);
  const kept = redactions.keep(started(inputs), { inputs: [["secret"]] }) as Event & { inputs: JsonObject };
  return { redactions, kept };
}

describe("a redacted value", () => {
  it("has one number wherever it stands, and hides a text it is part of, a key and a coded form whole", () => {
    const { redactions, kept } = begun({ secret: IBAN, other: "x" });
    expect(kept.inputs).toEqual({ secret: "[redacted 1]", other: "x" });
    const base64 = Buffer.from(`to ${IBAN}`).toString("base64");
    const outputs = { again: IBAN, text: `to ${IBAN}`, [IBAN]: 1, base64, list: [IBAN, "plain"] };
    const event = redactions.keep(ended(outputs), {});
    expect(event).toMatchObject({ outputs: { again: "[redacted 1]", list: ["[redacted 1]", "plain"] } });
    expect(JSON.stringify(event)).not.toMatch(new RegExp(`${IBAN}|${base64.slice(4, 20)}`));
    expect(redactions.open(event)).toEqual(ended(outputs));
  });

  it("is known again to whoever reads the journal from its beginning, and goes on with its numbers", () => {
    const { redactions, kept } = begun({ secret: { iban: IBAN, amount: 12_345.5, isIll: true } });
    const more = redactions.keep(ended({ text: `${IBAN}!`, amount: 12_345.5 }), {});
    const later = new Redactions(vault);
    expect([kept, more].map(later.open)).toEqual([
      started({ secret: { iban: IBAN, amount: 12_345.5, isIll: true } }),
      ended({ text: `${IBAN}!`, amount: 12_345.5 }),
    ]);
    const again = later.keep(ended({ text: `${IBAN}!`, fresh: `${IBAN}?` }), {}) as typeof more & {
      outputs: JsonObject;
    };
    expect(again.outputs["text"], "the number it had").toBe((more as typeof again).outputs["text"]);
    const numbers = new Set(JSON.stringify([kept, more, again]).match(/\[redacted \d+\]/g));
    expect(again.outputs["fresh"]).toBe(`[redacted ${numbers.size}]`);
  });

  it("that is short is hidden at its path alone", () => {
    const { redactions, kept } = begun({ secret: "no", other: "no" });
    expect(kept.inputs).toEqual({ secret: "[redacted 1]", other: "no" });
    expect(redactions.open(kept)).toEqual(started({ secret: "no", other: "no" }));
  });

  it("cannot be asked for by a text that looks like its number", () => {
    const { redactions, kept } = begun({ secret: IBAN, trick: "[redacted 1]", part: "see [redacted 1]" });
    expect(redactions.open(kept)).toEqual(started({ secret: IBAN, trick: "[redacted 1]", part: "see [redacted 1]" }));
    expect(kept.inputs["trick"]).not.toBe("[redacted 1]");
  });

  it("leaves the words of the engine as they are, and what an approval needs to be decided", () => {
    const { redactions } = begun({ secret: "approved" });
    const approval = {
      ...{ title: "approved?", approvers: ["role:approved"], forbid: [], outcomes: ["approved", "rejected"] },
      quorum: { approve: 1, reject: 1 },
    };
    const waiting: Event = { type: "stageWaiting", at: 2, stage: "approved", waiting: { approval } };
    const kept = redactions.keep(waiting, {});
    expect(kept).toMatchObject({ stage: "approved", waiting: { approval: { outcomes: ["approved", "rejected"] } } });
    expect(redactions.open(kept)).toEqual(waiting);
    const failed = ended({}, { outcome: "failed", error: { code: "approved", message: "approved", retryable: false } });
    expect(redactions.keep(failed, {})).toMatchObject({ error: { code: "approved", message: "[redacted 1]" } });
  });

  it("leaves the run as ***, but for the inputs that another definition redacts too", () => {
    const { redactions } = begun({ secret: IBAN });
    const mask = redactions.mask(maskFor(["hush-hush"]));
    expect(mask.text(`${IBAN} and hush-hush`)).toBe("*** and ***");
    expect(mask.json({ to: [IBAN], n: 1 })).toEqual({ to: ["***"], n: 1 });
    expect(redactions.handOver({ mine: IBAN, theirs: IBAN }, [])).toEqual({ mine: "***", theirs: "***" });
    expect(redactions.handOver({ iban: IBAN, n: 1 }, [["iban"]])).toEqual({ iban: IBAN, n: 1 });
  });
});

describe("what a stage redacts", () => {
  const plan = { workflow: workflowPlan("s", { s: { redact: [["iban"]] } }), called: {} };
  const stage = plan.workflow.graph.stages[0];
  const keep = (event: Event) => new Redactions(vault).keep(event, marksOf(plan, stage, event));

  it("is at its path in the outputs of one, and of all items together", () => {
    expect(keep(ended({ iban: "x", rest: 1 }))).toMatchObject({ outputs: { iban: "[redacted 1]", rest: 1 } });
    expect(keep(ended([{ iban: "x" }, { iban: "y" }]))).toMatchObject({
      outputs: [{ iban: "[redacted 1]" }, { iban: "[redacted 2]" }],
    });
  });

  it("hides its steps, its explanation and the details of its errors whole", () => {
    const step: Event = { type: "stepRecorded", at: 1, stage: "s", key: "turn-1", value: { said: "x" } };
    expect(keep(step)).toMatchObject({ key: "turn-1", value: "[redacted 1]" });
    const error = { code: "http-500", message: "no", retryable: true, details: { body: "x" } };
    expect(keep(ended({}, { explain: ["x"], error }))).toMatchObject({
      explain: "[redacted 1]",
      error: { code: "http-500", details: "[redacted 2]" },
    });
  });
});
