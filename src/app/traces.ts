import type { Config } from "../config.js";
import type { Traces } from "../observe/trace/index.js";
import type { Logger } from "../plugin/api.js";
import { packageVersion } from "./package.js";

/** Where traces go, as everywhere: nothing is loaded where neither is set. */
const ENDPOINTS = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/** Undefined where nobody wants traces. A run is worth more than its trace: what keeps traces from being made is told, not thrown. */
export async function tracesOf({ env }: Config, log: Logger): Promise<Traces | undefined> {
  const isOff = env("OTEL_SDK_DISABLED") === "true" || env("OTEL_TRACES_EXPORTER") === "none";
  if (isOff || ENDPOINTS.every((name) => env(name) === undefined)) return undefined;
  const { openTraces } = await import("../observe/trace/index.js");
  try {
    return await openTraces({ version: packageVersion() });
  } catch (error) {
    log.warn(`no traces: ${(error as Error).message}`, { help: (error as { help?: string }).help ?? "" });
    return undefined;
  }
}
