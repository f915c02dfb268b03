import { describe, expect, it } from "vitest";
import { said, tryOut } from "./support.js";

const RETRIED = `defaults: { retry: { maxAttempts: 3, delay: 1h, maxDelay: 1h, backoff: fixed, jitter: none } }
stages:
  call: { uses: http, with: { url: "https://bank.example" } }
  after: { needs: [call], uses: transform, with: { values: { got: "\${{ stages.call.outputs.status }}" } } }
outputs: { got: "\${{ coalesce(stages.after.outputs.got, 0) }}" }
`;

describe("mocks", () => {
  it("say what each attempt comes to; the last one stands for all that follow", async () => {
    const report = await tryOut(
      RETRIED,
      `cases:
  - name: the third try succeeds
    mocks: { call: [{ error: timeout }, { error: http-503 }, { outputs: { status: 201, headers: {}, body: null } }] }
    expect:
      status: succeeded
      outputs: { got: 201 }
      stages: { call: { outcome: succeeded, attempts: 3 } }
      journal: [{ type: attemptFailed, error: { code: timeout } }, { type: attemptFailed, error: { code: http-503 } }]
  - name: three tries are all there are
    mocks: { call: [{ error: timeout }, { error: http-503 }] }
    expect: { status: failed, error: http-503, stages: { call: { outcome: failed, attempts: 3 }, after: omitted } }
  - name: what cannot be retried is not
    mocks: { call: [{ error: http-400, retryable: false }, { outputs: { status: 200, headers: {}, body: null } }] }
    expect: { status: failed, error: http-400, stages: { call: { attempts: 1 } } }
  - name: an attempt that is counted wrong
    mocks: { call: [{ outputs: { status: 200, headers: {}, body: null } }] }
    expect: { stages: { call: { attempts: 2 } } }
`,
    );
    expect(said(report)).toEqual({
      "the third try succeeds": [],
      "three tries are all there are": [],
      "what cannot be retried is not": [],
      "an attempt that is counted wrong": ["expectation-failed: attempts of call: expected 2, actual 1"],
    });
    expect(report.suites[0]?.cases[0]?.virtualMs).toBe(2 * 3_600_000);
  });

  it("are needed by every effect: one without fails the case, whatever its definition does about it", async () => {
    const report = await tryOut(
      `stages:
  read: { uses: data.read, with: { file: data/people.json } }
  tell:
    needs: [read]
    uses: notify
    with: { via: console, message: "\${{ stages.read.outputs.count }} people" }
    onError: skip
`,
      `cases:
  - { name: forgotten, expect: { status: succeeded } }
  - name: mocked
    mocks: { tell: [{ outputs: { sent: true, via: console } }] }
    expect: { status: succeeded, stages: { read: { outputs: { count: 2 } } } }
  - name: not what the type gives
    mocks: { tell: [{ outputs: { told: 2 } }] }
    expect: { status: succeeded }
`,
    );
    const results = said(report);
    expect(results["forgotten"]).toEqual(["unmocked-effect: tell would perform notify, which a test does not"]);
    expect(results["mocked"]).toEqual([]);
    expect(results["not what the type gives"]?.[0]).toContain(
      "invalid-mock: the mock of tell is not what its stage type",
    );
  });

  it("reach into groups, items and iterations, and stand for a group as a whole", async () => {
    const report = await tryOut(
      `stages:
  checks:
    uses: group
    retry: { maxAttempts: 2, delay: 1m, errors: [vendor-down] }
    stages:
      vendor: { uses: http, with: { url: "https://vendor.example" } }
    outputs: { status: "\${{ stages.vendor.outputs.status }}" }
  load:
    needs: [checks]
    forEach: { items: "\${{ [1, 2, 3] }}", as: n, tolerate: { count: 1 } }
    uses: http
    with: { url: "https://load.example" }
outputs: { status: "\${{ stages.checks.outputs.status }}" }
`,
      `mocks:
  "load[*]": [{ outputs: { status: 200, headers: {}, body: null } }]
cases:
  - name: the group is tried again
    mocks: { checks/vendor: [{ error: vendor-down, retryable: false }, { outputs: { status: 202, headers: {}, body: null } }] }
    expect: { status: succeeded, outputs: { status: 202 }, stages: { checks/vendor: succeeded, "load[*]": succeeded } }
  - name: one item fails
    mocks:
      checks: [{ outputs: { status: 204 } }]
      "load[1]": [{ error: broken, retryable: false }]
      "load[*]": [{ outputs: { status: 200, headers: {}, body: null } }]
    expect:
      status: succeeded
      outputs: { status: 204 }
      stages: { "load[0]": succeeded, "load[1]": failed, load: { outputs: { failed: 1 } }, checks/vendor: omitted }
`,
    );
    expect(said(report)).toEqual({ "the group is tried again": [], "one item fails": [] });
  });

  it("speak for compensations; what is not mocked there succeeds, as nothing was done", async () => {
    const report = await tryOut(
      `stages:
  pay:
    uses: http
    with: { url: "https://bank.example" }
    compensate: { uses: http, with: { url: "https://bank.example/undo" } }
  post: { needs: [pay], uses: http, with: { url: "https://ledger.example" }, onError: rollback }
`,
      `mocks:
  pay: [{ outputs: { status: 200, headers: {}, body: null } }]
  post: [{ error: refused, retryable: false }]
cases:
  - { name: undone, expect: { status: rolledBack, journal: [{ type: compensated, stage: pay }] } }
  - name: not undone
    mocks: { pay.compensate: [{ error: refused, retryable: false }] }
    expect: { status: rollbackFailed }
`,
    );
    expect(said(report)).toEqual({ undone: [], "not undone": [] });
  });
});
