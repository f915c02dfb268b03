import { expect, it } from "vitest";
import type { Event, Usage } from "../../src/core/event.js";
import { summarize } from "../../src/observe/run-summary.js";
import { plan } from "../support/plan.js";

const usage = (usd: number | null, model = "m"): Usage => ({
  ...{ provider: "p", model, inputTokens: 10, outputTokens: 2 },
  ...{ estimated: false, usd },
});

const started: Event = { type: "runStarted", at: 0, run: "r", inputs: {}, by: "ann", definition: "d" };

it("counts each model call once, with those whose price is unknown apart", () => {
  const events: Event[] = [
    started,
    { type: "stageStarted", at: 1, stage: "a", attempt: 1 },
    { type: "stepRecorded", at: 2, stage: "a", key: "0", value: 1, usage: usage(0.5) },
    { type: "stepRecorded", at: 3, stage: "a", key: "1", value: 1, usage: usage(null) },
    { type: "stageEnded", at: 9, stage: "a", outcome: "succeeded", usage: usage(0.5) },
    { type: "stageStarted", at: 9, stage: "b", attempt: 1 },
    { type: "stageEnded", at: 10, stage: "b", outcome: "succeeded", usage: usage(1, "n") },
  ];
  const { models, stages } = summarize(plan("a -> b"), events);
  expect(models).toEqual([
    { provider: "p", model: "m", calls: 2, inputTokens: 20, outputTokens: 4, usd: 0.5, unpriced: 1 },
    { provider: "p", model: "n", calls: 1, inputTokens: 10, outputTokens: 2, usd: 1, unpriced: 0 },
  ]);
  expect(stages).toEqual([{ uses: "work", stages: 2, failed: 0, attempts: 2, lost: 0, spans: [8, 1] }]);
});

it("counts lost attempts, and stages that began and did not end without a span", () => {
  const events: Event[] = [
    started,
    { type: "stageStarted", at: 1, stage: "a", attempt: 1 },
    { type: "attemptLost", at: 5, stage: "a", attempt: 1 },
    { type: "stageStarted", at: 6, stage: "a", attempt: 2 },
  ];
  expect(summarize(plan("a -> b"), events).stages).toEqual([
    { uses: "work", stages: 1, failed: 0, attempts: 2, lost: 1, spans: [] },
  ]);
});
