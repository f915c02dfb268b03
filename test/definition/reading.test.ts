import { beforeAll, describe, expect, it } from "vitest";
import { type ReadHost, readDefinition } from "../../src/definition/index.js";
import { goldenHost } from "../support/golden.js";

let host: ReadHost;
beforeAll(async () => {
  host = await goldenHost();
});

const read = (text: string) => readDefinition({ file: "t.yaml", text }, host);

describe("reading a definition", () => {
  it("compiles a correct file to a plan with defaults applied and durations in milliseconds", () => {
    const { plan, diagnostics, header } = read(`
apiVersion: stagecraft/v1
id: two
version: "1.0.0"
title: Two
defaults: { retry: { maxAttempts: 3, delay: 2s }, timeout: 1m30s }
stages:
  gate: { uses: approval, with: { approvers: ["role:boss"], expires: 1d } }
  pay: { needs: [gate.approved], uses: http, with: { url: https://example.org } }
  refuse: { needs: [{ anyOf: [gate.rejected, gate.expired] }], uses: notify, with: { via: console, message: no } }
`);
    expect(diagnostics).toEqual([]);
    expect(header).toEqual({ id: "two", version: "1.0.0", title: "Two" });
    const [gate, pay, refuse] = plan?.workflow.graph.stages ?? [];
    expect(gate).toMatchObject({ kind: "wait", outcomes: ["approved", "rejected", "expired"] });
    expect(gate?.handled).toEqual(["approved", "rejected", "expired"]);
    expect(gate).not.toHaveProperty("retry");
    expect(pay).toMatchObject({ index: 1, timeout: 90_000, retry: { maxAttempts: 3, delay: 2_000, factor: 2 } });
    expect(pay?.needs).toEqual([{ mode: "all", edges: [{ stage: 0, outcome: "approved" }], count: 1, rest: "keep" }]);
    expect(refuse?.needs[0]).toMatchObject({ mode: "anyOf", count: 1 });
  });

  it("gives no plan when anything is an error", () => {
    expect(read("stages: 1").plan).toBeUndefined();
  });
});
