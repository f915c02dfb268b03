import { describe, expect, it } from "vitest";
import { said, tryOut } from "./support.js";

const GATE = `inputs: { requester: { type: string, default: gina } }
stages:
  ask:
    uses: approval
    with: { approvers: ["role:manager"], forbid: ["\${{ inputs.requester }}"], expires: 3d }
  pay: { needs: [ask.approved], uses: transform, with: { values: { paid: true } } }
  refuse: { needs: [{ anyOf: [ask.rejected, ask.expired] }], uses: transform, with: { values: { paid: false } } }
`;

describe("scripted decisions", () => {
  it("are judged as the real ones are, and a refused one fails the case unless it must be refused", async () => {
    const report = await tryOut(
      GATE,
      `cases:
  - name: ann is no manager
    approvals: { ask: [{ by: ann, outcome: approved }] }
    expect: { stages: { pay: omitted } }
  - name: ann must be refused, dana not
    approvals: { ask: [{ by: ann, outcome: approved, expectRefused: true }, { by: dana, outcome: approved, after: 1h }] }
    expect: { status: succeeded, stages: { pay: succeeded, ask: { outputs: { by: dana } } } }
  - name: who asks may not decide
    inputs: { requester: dana }
    approvals: { ask: [{ by: dana, outcome: approved, expectRefused: true }] }
    expect: { stages: { ask: expired } }
  - name: it is too late after three days
    approvals: { ask: [{ by: dana, outcome: approved, after: 4d }] }
    expect: { stages: { ask: expired } }
  - name: a refusal that does not come
    approvals: { ask: [{ by: dana, outcome: rejected, expectRefused: true }] }
    expect: { stages: { ask: rejected } }
`,
    );
    const results = said(report);
    expect(results["ann is no manager"]).toEqual([
      "decision-refused: the decision of ann on ask is refused: ann is not among the approvers (role:manager) (not-entitled)",
    ]);
    expect(results["ann must be refused, dana not"]).toEqual([]);
    expect(results["who asks may not decide"]).toEqual([]);
    expect(results["it is too late after three days"]?.[0]).toContain("this expired at");
    expect(results["a refusal that does not come"]).toEqual([
      "decision-accepted: the decision of dana on ask was accepted",
    ]);
  });

  it("that nobody asked for fail the case", async () => {
    const report = await tryOut(
      `inputs: { large: { type: boolean, default: false } }
stages:
  ask: { if: "\${{ inputs.large }}", uses: approval, with: { approvers: [dana], expires: 1d } }
  go: { needs: [{ anyOf: [ask.approved, ask.skipped] }], uses: transform, with: { values: { ok: true } } }
  no: { needs: [{ anyOf: [ask.rejected, ask.expired] }], uses: transform, with: { values: { ok: false } } }
`,
      `cases:
  - { name: not asked, approvals: { ask: [{ by: dana, outcome: approved }] }, expect: { status: succeeded } }
  - { name: asked, inputs: { large: true }, approvals: { ask: [{ by: dana, outcome: approved }] }, expect: { stages: { go: succeeded } } }
`,
    );
    expect(said(report)).toEqual({
      "not asked": ["decision-not-given: nobody was asked: ask never opened"],
      asked: [],
    });
  });
});

describe("scripted events", () => {
  const WAIT = `stages:
  order: { uses: transform, with: { values: { id: 7 } } }
  paid: { needs: [order], uses: wait, with: { event: { name: paid, match: { order: 7 } }, duration: 10d } }
  ship: { needs: [paid.event], uses: transform, with: { values: { by: "\${{ stages.paid.outputs.event.by }}" } } }
  remind: { needs: [paid.duration], uses: transform, with: { values: { by: mail } } }
`;

  it("come as soon as a stage waits for them, or when they are said to", async () => {
    const report = await tryOut(
      WAIT,
      `cases:
  - name: at once
    events: [{ name: paid, data: { order: 7, by: card } }]
    expect: { status: succeeded, stages: { paid: event, ship: { outputs: { by: card } }, remind: omitted } }
  - name: after a reminder is due
    events: [{ name: paid, data: { order: 7, by: card }, after: 11d }]
    expect: { status: succeeded, stages: { paid: duration, remind: succeeded } }
  - name: in the ninth day, another one before
    events: [{ name: paid, data: { order: 8 }, after: 1d }, { name: paid, data: { order: 7, by: cash }, after: 9d }]
    expect: { stages: { paid: event, ship: { outputs: { by: cash } } } }
  - name: one nobody waits for
    events: [{ name: payd, data: {} }]
    expect: { stages: { paid: duration } }
`,
    );
    expect(said(report)).toEqual({
      "at once": [],
      "after a reminder is due": ["event-not-sent: the run was over before the event paid came"],
      "in the ninth day, another one before": [],
      "one nobody waits for": ["event-not-sent: no stage ever waited for the event payd"],
    });
  });
});
