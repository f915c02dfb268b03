import { describe, expect, it } from "vitest";
import approvalPlugin from "../../plugins/approval/index.js";
import switchPlugin from "../../plugins/switch/index.js";
import waitPlugin from "../../plugins/wait/index.js";
import { approvalOutputs } from "../../src/core/approval.js";
import type { JsonObject } from "../../src/core/json.js";
import type { PureStageType, StageInfo, WaitStageType } from "../../src/plugin/api.js";
import { NOON, pureContext, stageInfo } from "../support/context.js";

const approval = approvalPlugin.stages?.[0] as WaitStageType;
const choose = switchPlugin.stages?.[0] as PureStageType;
const wait = waitPlugin.stages?.[0] as WaitStageType;
const DAY = 86_400_000;
const outcomes = (stage: { outcomes?: unknown }, input: JsonObject) =>
  (stage.outcomes as (info: StageInfo) => readonly string[])(stageInfo(input));
const findings = (
  stage: { check?: (info: StageInfo) => readonly { code: string; path: readonly unknown[] }[] },
  input: JsonObject,
) => (stage.check?.(stageInfo(input)) ?? []).map(({ code, path }) => `${code} ${path.join(".")}`);

describe("approval", () => {
  it("asks with defaults that take one person, and nobody forbidden", () => {
    expect(approval.open({ approvers: ["role:manager"] }, pureContext())).toEqual({
      approval: {
        title: "work",
        approvers: ["role:manager"],
        forbid: [],
        quorum: { approve: 1, reject: 1 },
        outcomes: ["approved", "rejected"],
      },
    });
  });

  it("asks with everything that was written, and expires", () => {
    const form = { type: "object", properties: { limit: { type: "number" } } };
    const input = {
      title: "Pay",
      message: "5,000 to ACME",
      show: { invoice: 17 },
      approvers: ["ann", "group:board"],
      forbid: ["bob"],
      quorum: { approve: 2 },
      outcomes: ["changesRequested"],
      form,
      expires: "1d12h",
    };
    expect(approval.open(input, pureContext())).toEqual({
      approval: {
        title: "Pay",
        message: "5,000 to ACME",
        show: { invoice: 17 },
        approvers: ["ann", "group:board"],
        forbid: ["bob"],
        quorum: { approve: 2, reject: 1 },
        outcomes: ["approved", "rejected", "changesRequested"],
        form,
      },
      timers: [{ outcome: "expired", at: NOON + 1.5 * DAY }],
    });
  });

  it("names its outcomes, the further ones among them", () => {
    expect(outcomes(approval, { approvers: ["ann"], outcomes: ["changesRequested"] })).toEqual([
      "approved",
      "rejected",
      "expired",
      "changesRequested",
    ]);
  });

  it.each<[JsonObject, string[]]>([
    [{ approvers: ["ann"], expires: "3d" }, []],
    [{ approvers: ["ann"] }, ["approval-without-expiry with"]],
    [{ approvers: ["ann"], expires: "3d", outcomes: ["approved"] }, ["approval-outcomes with.outcomes.0"]],
    [{ approvers: ["ann"], expires: "3d", outcomes: ["${{ inputs.a }}"] }, ["approval-outcomes with.outcomes.0"]],
    [{ approvers: ["ann", "bob"], expires: "3d", quorum: { approve: 3 } }, ["approval-quorum with.quorum.approve"]],
    [{ approvers: ["ann", "Ann"], expires: "3d", quorum: { approve: 2 } }, ["approval-quorum with.quorum.approve"]],
    [
      { approvers: ["ann", "bob"], forbid: ["Bob"], expires: "3d", quorum: { reject: 2 } },
      ["approval-quorum with.quorum.reject"],
    ],
    [
      { approvers: ["ann"], forbid: ["ann"], expires: "3d" },
      ["approval-quorum with.approvers", "approval-quorum with.approvers"],
    ],
    [{ approvers: ["ann", "role:x"], expires: "3d", quorum: { approve: 9 } }, []],
    [{ approvers: ["ann", "${{ inputs.who }}"], expires: "3d", quorum: { approve: 9 } }, []],
    [{ approvers: "${{ inputs.who }}", expires: "3d", quorum: { approve: "${{ inputs.n }}" } }, []],
  ])("%j has the findings %j", (input, expected) => {
    expect(findings(approval, input)).toEqual(expected);
  });

  it("describes the outputs that a settled approval has", async () => {
    const { Ajv2020 } = await import("ajv/dist/2020.js");
    const form = { type: "object", required: ["limit"], properties: { limit: { type: "number" } } };
    const input = { approvers: ["ann"], form };
    const schema = (approval.output as (info: StageInfo) => JsonObject)(stageInfo(input));
    const { approval: request } = approval.open(input, pureContext());
    const decision = { by: "ann", via: "test", at: NOON, outcome: "approved", data: { limit: 5 } };
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    expect(validate(approvalOutputs(request!, [decision], "approved"))).toBe(true);
    expect(validate(approvalOutputs(request!, [], "expired"))).toBe(true);
    expect(validate(approvalOutputs(request!, [{ ...decision, data: { limit: "5" } }], "approved"))).toBe(false);
  });
});

describe("switch", () => {
  const run = async (input: JsonObject) => choose.run(input, pureContext());

  it("ends with the first case that equals the value, or lists it", async () => {
    const cases = { home: "DE", near: ["AT", "CH"], again: "AT" };
    expect(await run({ value: "DE", cases })).toEqual({ outputs: { case: "home" }, outcome: "home" });
    expect(await run({ value: "AT", cases })).toMatchObject({ outcome: "near" });
    expect(await run({ value: "US", cases })).toEqual({ outputs: { case: "otherwise" }, outcome: "otherwise" });
  });

  it("compares without turning one kind into another", async () => {
    for (const value of [0, "", false, null]) {
      const cases = { zero: 0, empty: "", no: false, nothing: null };
      const names = { 0: "zero", "": "empty", false: "no", null: "nothing" } as Record<string, string>;
      expect(await run({ value, cases })).toMatchObject({ outcome: names[String(value)] });
    }
    expect(await run({ value: "1", cases: { one: 1 } })).toMatchObject({ outcome: "otherwise" });
  });

  it("without a value, ends with the first case that is true", async () => {
    expect(await run({ cases: { a: false, b: true, c: true } })).toMatchObject({ outcome: "b" });
    expect(await run({ cases: { a: false } })).toMatchObject({ outcome: "otherwise" });
  });

  it("fails on a condition that is neither true nor false: never taken for no", async () => {
    await expect(run({ cases: { a: "yes" } })).rejects.toMatchObject({ code: "switch-case" });
    await expect(run({ cases: { a: null } })).rejects.toMatchObject({ code: "switch-case" });
  });

  it.each<[JsonObject, string[]]>([
    [{ value: "x", cases: { a: 1, b: [2, 3] } }, []],
    [{ value: "x", cases: { a: 1, b: [2, 1] } }, ["switch-case with.cases.b"]],
    [
      { value: "x", cases: { otherwise: 1, done: 2, failed: 3 } },
      ["otherwise", "done", "failed"].map((name) => `switch-case with.cases.${name}`),
    ],
    [{ cases: { a: "${{ inputs.x }}", b: true } }, []],
    [{ cases: { a: "inputs.x > 1" } }, ["switch-case with.cases.a"]],
  ])("%j has the findings %j", (input, expected) => {
    expect(findings(choose, input)).toEqual(expected);
  });

  it("has the names of its cases for outcomes", () => {
    expect(outcomes(choose, { cases: { a: true, b: true } })).toEqual(["a", "b", "otherwise"]);
  });
});

describe("wait", () => {
  it("for one thing ends succeeded", () => {
    expect(wait.open({ duration: "1h30m" }, pureContext())).toEqual({
      timers: [{ outcome: "succeeded", at: NOON + 5_400_000 }],
    });
    expect(outcomes(wait, { duration: "1h" })).toEqual(["succeeded"]);
  });

  it("for several names the one that comes first", () => {
    const input = {
      duration: "1d",
      until: "2026-12-01T00:00:00+01:00",
      event: { name: "paid", match: { invoice: 1 } },
    };
    expect(wait.open(input, pureContext())).toEqual({
      timers: [
        { outcome: "duration", at: NOON + DAY },
        { outcome: "until", at: Date.UTC(2026, 10, 30, 23) },
      ],
      event: { name: "paid", match: { invoice: 1 }, outcome: "event" },
    });
    expect(outcomes(wait, input)).toEqual(["duration", "until", "event"]);
  });

  it("fails on a time that is none", () => {
    expect(() => wait.open({ until: "tomorrow" }, pureContext())).toThrow(/no timestamp/);
  });
});
