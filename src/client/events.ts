import type { EventRecord } from "./documents.js";

/** Where the stream of a run's events stands; it outlives the connections that it comes by. */
export interface Place {
  /** seq of the last event heard. */
  last: number;
  /** How long to wait before asking again, as the server wishes. Milliseconds. */
  pause: number;
}

/** Reads server-sent events until the connection ends, and keeps `place` up to date with what was handed on. */
export async function* eventsOf(body: ReadableStream<Uint8Array>, place: Place): AsyncGenerator<EventRecord> {
  for await (const message of messagesOf(body)) {
    const field = (name: string) => message.find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1);
    const retry = Number(field("retry"));
    if (retry > 0) place.pause = retry;
    const data = field("data");
    if (data === undefined) continue;
    const recorded = JSON.parse(data) as EventRecord;
    // A server that is asked again from the same place may say it twice.
    if (recorded.seq <= place.last) continue;
    place.last = recorded.seq;
    yield recorded;
  }
}

/** The lines of each message. What is cut off in the middle of one is no message. */
async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly string[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const messages = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = messages.pop() ?? "";
      for (const message of messages) yield message.split("\n");
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
