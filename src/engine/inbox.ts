import type { Context } from "../core/evaluate.js";
import type { Event } from "../core/event.js";
import { decisionCame, eventCame, verbCame } from "../core/outside.js";
import type { RunState } from "../core/state.js";
import type { Logger } from "../plugin/api.js";
import { newsCame } from "./away/arrivals.js";
import type { InboxMessage } from "./ports.js";

/** What a request from outside comes to. One that no longer fits changes nothing and is said in the log. */
export function eventsOf(state: RunState, message: InboxMessage, context: Context, log: Logger): readonly Event[] {
  const { body } = message;
  switch (body.type) {
    case "decision":
      return decisionCame(state, body.stage, body.decision, context);
    case "event":
      return eventCame(state, body.name, body.data, context);
    case "attempt":
      return newsCame(state, body, context);
    default: {
      const outcome = verbCame(state, body, context);
      if (!("refused" in outcome)) return outcome;
      log.warn(`${body.type} refused: ${outcome.refused}`, { run: state.id, by: body.by });
      return [];
    }
  }
}
