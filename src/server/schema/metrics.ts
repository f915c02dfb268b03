import { type Static, Type } from "@sinclair/typebox";
import { Count, Moment, nullable, record, Text } from "./parts.js";

const span = nullable(Count);

const counts = {
  runs: Count,
  succeeded: Count,
  failed: Count,
  cancelled: Count,
  open: Count,
  successRate: nullable(Type.Number({ minimum: 0, maximum: 1 })),
  p50Ms: span,
  p95Ms: span,
};

export const Metrics = record(
  {
    since: Moment,
    truncated: Type.Boolean({ description: "there were more runs than are counted; the newest are" }),
    total: record(counts),
    workflows: Type.Array(record({ workflow: Text(), ...counts })),
    days: Type.Array(record({ day: Text(), runs: Count, succeeded: Count, failed: Count, p50Ms: span, p95Ms: span })),
  },
  "Metrics",
);

export type MetricsDocument = Static<typeof Metrics>;
