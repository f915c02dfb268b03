import { type Static, Type } from "@sinclair/typebox";
import { Count, Moment, nullable, record, Text } from "./parts.js";

const span = nullable(Count);
const Usd = Type.Number({ minimum: 0, description: "of the model calls whose price is known" });

const Resources = record({
  runs: Count,
  shared: Type.Integer({
    minimum: 0,
    description: "of these, driven beside others: their part of `cpuMs` is an estimate",
  }),
  cpuMs: Type.Number({ minimum: 0 }),
  peakRssBytes: Count,
  loopDelayMs: Type.Number({ minimum: 0 }),
});

const counts = {
  runs: Count,
  succeeded: Count,
  failed: Count,
  cancelled: Count,
  open: Count,
  successRate: nullable(Type.Number({ minimum: 0, maximum: 1 })),
  p50Ms: span,
  p95Ms: span,
  attempts: Count,
  retries: Count,
  approvals: Count,
  approvalP50Ms: span,
  inputTokens: Count,
  outputTokens: Count,
  usd: Usd,
  unpricedCalls: Count,
  resources: nullable(Resources),
};

export const Metrics = record(
  {
    since: Moment,
    truncated: Type.Boolean({ description: "there were more runs than are counted; the newest are" }),
    total: record(counts),
    workflows: Type.Array(record({ workflow: Text(), ...counts })),
    stageTypes: Type.Array(
      record({
        uses: Text("a stage type"),
        stages: Count,
        failed: Count,
        attempts: Count,
        retries: Count,
        p50Ms: span,
        p95Ms: span,
      }),
    ),
    models: Type.Array(
      record({
        provider: Text(),
        model: Text(),
        calls: Count,
        inputTokens: Count,
        outputTokens: Count,
        usd: Usd,
        unpriced: Count,
      }),
    ),
    days: Type.Array(record({ day: Text(), runs: Count, succeeded: Count, failed: Count, p50Ms: span, p95Ms: span })),
  },
  "Metrics",
);

export type MetricsDocument = Static<typeof Metrics>;
