import type { RunView } from "../../app.js";
import { formatDuration } from "../../core/duration.js";
import type { Notable } from "../../core/notable.js";
import { dateOf, failure } from "./lines.js";

/** What befell the run out of the ordinary, a sentence each; what is left to a person last. */
export function notableLines({ notable, isInterrupted }: RunView): readonly string[] {
  const interrupted = "its process ended while it was under way; nothing that was recorded is lost";
  return [...(isInterrupted ? [interrupted] : []), ...notable.map(sentenceOf)];
}

function sentenceOf(one: Notable): string {
  switch (one.kind) {
    case "lost": {
      const tries = one.times === 1 ? "an attempt was" : `${one.times} attempts were`;
      return `${one.stage}: ${tries} lost with the process, whether done or not; the next has the same idempotency key`;
    }
    case "late":
      return `${one.stage}: its time came ${formatDuration(one.by)} before any process looked`;
    case "migrated":
      return `moved to version ${one.version} of its definition by ${one.by} on ${dateOf(one.at)}`;
    case "left":
      return `left to do: undo ${one.stage} by hand, or try again with rollback; it said: ${failure(one.error)}`;
  }
}
