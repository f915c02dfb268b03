import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openExposition } from "../../src/observe/prometheus.js";
import { promtool } from "../support/promtool.js";
import { ROOT } from "../support/sources.js";

const tool = promtool();
const RULES = path.join(ROOT, "ops/prometheus-alerts.yaml");

it.skipIf(tool === undefined)("the alert rules are rules to Prometheus itself, and fire on what they are for", () => {
  expect(execFileSync(tool ?? "", ["check", "rules", RULES], { encoding: "utf8" })).toMatch(/SUCCESS: \d+ rules found/);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-rules-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "test.yaml");
  fs.writeFileSync(file, JSON.stringify(firing));
  expect(execFileSync(tool ?? "", ["test", "rules", file], { encoding: "utf8" })).toMatch(/SUCCESS/);
});

it.skipIf(tool === undefined)("what is answered to a scrape is what Prometheus takes without a remark", async () => {
  const exposition = await openExposition();
  exposition.resourcesUsed("w", { run: "r", cpuMs: 1_000, peakRssBytes: 1e8, loopDelayMs: 5, isShared: false });
  const text = await exposition.text({ open: { running: 1 }, approvals: 1, alerts: { pending: 0, dead: 0 } });
  const { stdout, stderr } = spawnSync(tool ?? "", ["check", "metrics"], { input: text, encoding: "utf8" });
  // What Node's own numbers are called is not ours to say.
  const remarks = [stdout, stderr]
    .join("\n")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("nodejs_"));
  expect(remarks).toEqual([]);
});

const JOB = 'job="stagecraft",instance="a"';
const series = (name: string, labels: string, values: string) => ({
  series: `${name}{${[JOB, labels].filter(Boolean).join(",")}}`,
  values,
});

/** What is a minute apart, for an hour, and which rules fire at its end. */
const hour = (input_series: readonly object[], fired: Readonly<Record<string, object | null>>) => ({
  interval: "1m",
  input_series,
  alert_rule_test: Object.entries(fired).map(([alertname, labels]) => ({
    eval_time: "60m",
    alertname,
    exp_alerts: labels === null ? [] : [labels],
  })),
});

const firing = {
  rule_files: [RULES],
  evaluation_interval: "1m",
  tests: [
    hour(
      [
        series("up", "", "1x60"),
        series("stagecraft_runs_total", 'workflow="pay",status="succeeded"', "0+10x60"),
        series("stagecraft_queue_depth", "", "500x60"),
        series("stagecraft_alerts_unsent", 'status="dead"', "0x60"),
        series("nodejs_eventloop_lag_p99_seconds", "", "0.01x60"),
      ],
      {
        StagecraftDown: null,
        StagecraftRunsFail: null,
        StagecraftQueueGrows: null,
        StagecraftAlertsGivenUp: null,
        StagecraftEventLoopBlocked: null,
      },
    ),
    hour(
      [
        series("up", "", "0x60"),
        series("stagecraft_runs_total", 'workflow="pay",status="succeeded"', "0+3x60"),
        series("stagecraft_runs_total", 'workflow="pay",status="failed"', "0+1x60"),
        series("stagecraft_queue_depth", "", "0+10x60"),
        series("stagecraft_alerts_unsent", 'status="dead"', "2x60"),
        series("nodejs_eventloop_lag_p99_seconds", "", "3x60"),
      ],
      {
        StagecraftDown: {
          exp_labels: { severity: "critical", job: "stagecraft", instance: "a" },
          exp_annotations: { summary: "a does not answer" },
        },
        StagecraftRunsFail: {
          exp_labels: { severity: "warning", workflow: "pay" },
          exp_annotations: { summary: "25% of the runs of pay fail" },
        },
        StagecraftQueueGrows: {
          exp_labels: { severity: "warning" },
          exp_annotations: { summary: "600 runs wait for a process: start more workers" },
        },
        StagecraftAlertsGivenUp: {
          exp_labels: { severity: "warning" },
          exp_annotations: { summary: "2 alerts could not be sent: stagecraft alerts ls" },
        },
        StagecraftEventLoopBlocked: {
          exp_labels: { severity: "warning", job: "stagecraft", instance: "a" },
          exp_annotations: { summary: "a does not get round to its work" },
        },
      },
    ),
  ],
};
