import type { Tracer } from "../../engine/ports.js";
import { openExporter, type Telemetry } from "./exporter.js";
import { placeOf } from "./ids.js";
import { attemptId, type Starts, spansOf, stepKey } from "./spans.js";

export type { Telemetry } from "./exporter.js";

export interface Traces extends Tracer {
  /** Resolves when what was heard has gone out, or cannot. */
  close(): Promise<void>;
}

/**
 * Traces of what this process does, to the collector of the environment. Loads OpenTelemetry.
 * @throws StagecraftError `package-missing` of kind environment
 */
export async function openTraces(telemetry: Telemetry): Promise<Traces> {
  const exporter = await openExporter(telemetry);
  const starts = new Map<string, Starts>();
  const startsOf = (run: string): Starts => {
    const known = starts.get(run) ?? new Map();
    starts.set(run, known);
    return known;
  };
  return {
    heard(state, events) {
      if (!placeOf(state).isSampled) return;
      for (const { event } of events) {
        for (const span of spansOf(state, event, startsOf(state.id))) exporter.send(span);
        if (event.type === "runEnded") starts.delete(state.id);
      }
    },
    began: (state, stage, key, at) => void startsOf(state.id).set(stepKey(stage.path, key), at),
    traceparent(state, stage, attempt) {
      const { traceId, isSampled } = placeOf(state);
      return `00-${traceId}-${attemptId(state.id, stage.path, attempt)}-${isSampled ? "01" : "00"}`;
    },
    close: () => exporter.close(),
  };
}
