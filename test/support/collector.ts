import { spawn } from "node:child_process";
import path from "node:path";
import { onTestFinished } from "vitest";
import { ROOT } from "./sources.js";

export interface SeenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: number;
  readonly isFault: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A collector of OTLP over HTTP, in a process of its own. */
export interface Collector {
  readonly url: string;
  /** Everything it has said, as it said it. */
  readonly text: () => string;
  readonly spans: () => readonly SeenSpan[];
}

export async function startCollector(): Promise<Collector> {
  const child = spawn(process.execPath, [path.join(ROOT, "test/observe/children/collector.mjs")]);
  onTestFinished(() => void child.kill());
  let text = "";
  const port = await new Promise<number>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const [first = "", ...rest] = text.split("\n");
      if (rest.length > 0) resolve(JSON.parse(first).port);
    });
  });
  const lines = () =>
    text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  return { url: `http://127.0.0.1:${port}`, text: () => text, spans: () => lines().filter(({ spanId }) => spanId) };
}
