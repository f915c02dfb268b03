import { lineOf, timeOf } from "./lines.js";
import type { Renderer, Shown } from "./renderer.js";

/** One line an event: `12:00:01 refund  screening started`. */
export function createPlainRenderer(shown: readonly Shown[], stream: NodeJS.WritableStream): Renderer {
  const labels = new Map(shown.map(({ run, label }) => [run, label]));
  const wide = Math.max(0, ...shown.map(({ label }) => label.length));
  return {
    listen: (run, events) => {
      for (const { event } of events) {
        const line = lineOf(event);
        if (line) stream.write(`${timeOf(event.at)} ${(labels.get(run) ?? run).padEnd(wide)}  ${line}\n`);
      }
    },
    recall: () => {},
    tell: () => {},
    stop: async () => {},
  };
}
