import type { Renderer } from "./renderer.js";

/** NDJSON: `{"run":…,"seq":…,"event":{…}}` a line. */
export function createJsonRenderer(stream: NodeJS.WritableStream): Renderer {
  return {
    listen: (run, events) => {
      for (const { seq, event } of events) stream.write(`${JSON.stringify({ run, seq, event })}\n`);
    },
    recall: () => {},
    tell: () => {},
    stop: async () => {},
  };
}
