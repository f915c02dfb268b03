import { describe, expect, it } from "vitest";
import { virtualClock } from "../../src/engine/virtual-clock.js";
import { said, tryOut } from "./support.js";

describe("virtual time", () => {
  it("moves only forward, and wakes what is due in order, unless it was called off", () => {
    const clock = virtualClock(1_000);
    const woken: number[] = [];
    let callOff = () => {};
    for (const at of [1_300, 1_100]) {
      clock.at(at, () => {
        woken.push(at);
        callOff();
      });
    }
    callOff = clock.at(1_200, () => woken.push(1_200));
    expect(clock.next).toBe(1_100);
    clock.advanceTo(1_050);
    expect(woken).toEqual([]);
    clock.advanceTo(2_000);
    expect(woken).toEqual([1_100, 1_300]);
    clock.advanceTo(5);
    expect(clock.now()).toBe(2_000);
    expect(clock.next).toBeUndefined();
  });

  it("lets thirty days pass in a moment", async () => {
    const definition = `stages:
  ask: { uses: approval, with: { approvers: ["role:manager"], expires: 30d } }
  late: { needs: [ask.expired], uses: transform, with: { values: { at: "\${{ string(now()) }}" } } }
  go: { needs: [{ anyOf: [ask.approved, ask.rejected] }], uses: transform, with: { values: { at: "" } } }
outputs: { at: "\${{ coalesce(stages.late.outputs.at, '') }}" }
`;
    const began = performance.now();
    const report = await tryOut(
      definition,
      `now: "2026-01-01T00:00:00Z"
cases:
  - { name: nobody decides, expect: { status: succeeded, stages: { ask: expired, go: omitted }, outputs: { at: "2026-01-31T00:00:00Z" } } }
  - name: somebody decides just in time
    approvals: { ask: [{ by: dana, outcome: approved, after: 29d23h59m }] }
    expect: { status: succeeded, stages: { ask: approved, late: omitted } }
`,
    );
    expect(said(report)).toEqual({ "nobody decides": [], "somebody decides just in time": [] });
    expect(report.suites[0]?.cases[0]?.virtualMs).toBe(30 * 86_400_000);
    expect(performance.now() - began).toBeLessThan(60_000);
  });

  it("passes while effects are under way, decisions come in between, and the first to answer wins", async () => {
    const definition = `stages:
  slow: { uses: http, timeout: 3h, with: { url: "https://slow.example" } }
  quick: { uses: http, with: { url: "https://quick.example" } }
  ask: { uses: approval, with: { approvers: [dana], expires: 1d } }
  first: { needs: [{ anyOf: [slow, quick] }], uses: transform, with: { values: { ok: true } } }
  after: { needs: [ask.approved], uses: transform, with: { values: { ok: true } } }
`;
    const report = await tryOut(
      definition,
      `mocks:
  quick: [{ outputs: { status: 200, headers: {}, body: null }, after: 2h }]
cases:
  - name: the decision comes while both are under way
    mocks: { slow: [{ outputs: { status: 200, headers: {}, body: null }, after: 2h30m }] }
    approvals: { ask: [{ by: dana, outcome: approved, after: 1h }] }
    expect: { status: succeeded, order: [after, first], stages: { slow: succeeded } }
  - name: a call that takes longer than its timeout fails
    mocks: { slow: [{ outputs: {}, after: 4h }] }
    approvals: { ask: [{ by: dana, outcome: approved, after: 1h }] }
    expect: { status: failed, error: timeout, stages: { slow: { outcome: failed, error: timeout }, first: succeeded } }
`,
    );
    expect(Object.values(said(report)).flat()).toEqual([]);
  });

  it("does not hang on a run that waits for what never comes", async () => {
    const report = await tryOut(
      "stages: { ask: { uses: approval, with: { approvers: [dana] } }, go: { needs: [ask.approved], uses: transform, with: { values: {} } } }\n",
      `cases:
  - { name: it is left waiting, expect: { status: waiting, stages: { ask: waiting, go: pending } } }
  - { name: it is not over, expect: { status: succeeded } }
`,
    );
    expect(said(report)).toEqual({
      "it is left waiting": [],
      "it is not over": ['expectation-failed: status: expected "succeeded", actual "waiting" for approval ask'],
    });
  });
});
