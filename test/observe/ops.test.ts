import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { openExposition } from "../../src/observe/prometheus.js";
import { ROOT } from "../support/sources.js";

const read = (name: string) => fs.readFileSync(path.join(ROOT, "ops", name), "utf8");
const standing = { open: { running: 1 }, approvals: 0, alerts: { pending: 0, dead: 0 } };

it("the dashboard and the alert rules ask only for numbers there are, by labels they have", async () => {
  const exposition = await openExposition();
  exposition.runEnded({ workflow: "w", status: "succeeded", createdAt: 0, endedAt: 1, updatedAt: 1 } as never, {
    stages: [{ uses: "http", stages: 1, failed: 0, attempts: 1, lost: 0, spans: [1] }],
    models: [],
    approvalWaits: [1],
    queued: 0,
  });
  const usage = { inputTokens: 1, outputTokens: 1, estimated: false, usd: 1 };
  exposition.modelCalled("w", { provider: "p", model: "m", ...usage });
  exposition.resourcesUsed("w", { run: "r", cpuMs: 1_000, peakRssBytes: 1e8, loopDelayMs: 5, isShared: false });
  const text = await exposition.text(standing);
  const asked = [read("grafana-dashboard.json"), read("prometheus-alerts.yaml")].join("\n");
  const names = new Set(asked.match(/\b(?:stagecraft|nodejs|process)_[a-z0-9_]+/g));
  expect(names.size).toBeGreaterThan(12);
  expect([...names].filter((name) => !text.match(new RegExp(`^${name}[ {]`, "m")))).toEqual([]);
  const labels = new Set([...asked.matchAll(/[{,](\w+)(?:=~|!=|=)\\?"/g)].map(([, label]) => label));
  const known = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, label]) => label));
  expect([...labels].filter((label) => label !== "job" && !known.has(label))).toEqual([]);
});

it("every alert rule has an expression, a severity and words for people", () => {
  const { groups } = parse(read("prometheus-alerts.yaml"));
  for (const { rules } of groups) {
    for (const rule of rules) {
      expect(rule).toMatchObject({
        alert: expect.stringMatching(/^Stagecraft\w+$/),
        expr: expect.any(String),
        labels: { severity: expect.stringMatching(/^(warning|critical)$/) },
        annotations: { summary: expect.any(String) },
      });
    }
  }
});
