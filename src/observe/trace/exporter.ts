import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { StagecraftError } from "../../core/errors.js";
import type { SpanFact } from "./spans.js";

/** Whom the traces are said to come from. */
export interface Telemetry {
  readonly version: string;
}

export interface SpanExporter {
  /** Goes out with others, within seconds. */
  send(span: SpanFact): void;
  close(): Promise<void>;
}

/** As the API of OpenTelemetry numbers them. */
const KIND = { internal: 0, server: 1, client: 2 } as const;
const STATUS = { unset: 0, error: 2 } as const;
const SAMPLED = 1;

/** To `OTEL_EXPORTER_OTLP_ENDPOINT` by OTLP over HTTP; headers, timeouts and names are read from the environment as everywhere. */
export async function openExporter({ version }: Telemetry): Promise<SpanExporter> {
  const { OTLPTraceExporter, BatchSpanProcessor, resources } = await load();
  const { resourceFromAttributes, detectResources, envDetector } = resources;
  const own = resourceFromAttributes({ "service.name": "stagecraft", "service.version": version });
  const resource = own.merge(detectResources({ detectors: [envDetector] }));
  await resource.waitForAsyncAttributes?.();
  const batches = new BatchSpanProcessor(new OTLPTraceExporter());
  const about = { resource, instrumentationScope: { name: "stagecraft", version } };
  return {
    send: (span) => batches.onEnd(readable(span, about)),
    // A collector that does not answer is no fault of ours to end with.
    close: () => batches.shutdown().catch(() => {}),
  };
}

type About = Pick<ReadableSpan, "resource" | "instrumentationScope">;

function readable(span: SpanFact, about: About): ReadableSpan {
  const { traceId, spanId, parentSpanId, name, kind, startedAt, endedAt, attributes, fault } = span;
  const context = (id: string) => ({ traceId, spanId: id, traceFlags: SAMPLED });
  return {
    name,
    kind: KIND[kind],
    spanContext: () => context(spanId),
    ...(parentSpanId !== undefined && { parentSpanContext: context(parentSpanId) }),
    startTime: time(startedAt),
    endTime: time(endedAt),
    duration: time(endedAt - startedAt),
    ended: true,
    status: { code: fault === undefined ? STATUS.unset : STATUS.error },
    attributes: fault === undefined ? attributes : { ...attributes, "error.type": fault },
    links: [],
    events: [],
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    ...about,
  };
}

/** Seconds and nanoseconds. */
function time(ms: number): [number, number] {
  return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];
}

async function load() {
  try {
    const [{ OTLPTraceExporter }, { BatchSpanProcessor }, resources] = await Promise.all([
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/sdk-trace-node"),
      import("@opentelemetry/resources"),
    ]);
    return { OTLPTraceExporter, BatchSpanProcessor, resources };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new StagecraftError(
      "package-missing",
      "OTEL_EXPORTER_OTLP_ENDPOINT is set, and OpenTelemetry is not installed",
      {
        kind: "environment",
        help: "npm install @opentelemetry/exporter-trace-otlp-http @opentelemetry/sdk-trace-node @opentelemetry/resources",
      },
    );
  }
}
