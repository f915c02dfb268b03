import {
  DURATION_PATTERN,
  definePlugin,
  defineStage,
  isObject,
  parseDuration,
  StageError,
  type StageInfo,
  type Waiting,
} from "stagecraft/plugin";

const WAYS = ["duration", "until", "event"] as const;

/** Lets time pass, or waits for something outside to happen. */
const wait = defineStage({
  kind: "wait",
  name: "wait",
  title: "Wait",
  description:
    "Waits for a time or for an event. Given several, the first to come names the outcome: `duration`, `until` or `event`; given one, it ends `succeeded`.",
  examples: [
    "uses: wait\nwith:\n  duration: 1h30m\n",
    "uses: wait\nwith:\n  event: { name: paymentReceived, match: { invoice: A-17 } }\n  duration: 14d\n",
  ],
  input: {
    type: "object",
    additionalProperties: false,
    minProperties: 1,
    properties: {
      duration: {
        type: "string",
        pattern: DURATION_PATTERN,
        description: "How long, from when the stage starts.",
        examples: ["10m"],
      },
      until: {
        type: "string",
        format: "date-time",
        description: "A moment, as an RFC 3339 timestamp; one already past ends the wait at once.",
        examples: ["2026-12-31T17:00:00Z"],
      },
      event: {
        type: "object",
        additionalProperties: false,
        required: ["name"],
        description: "Something another system, or another run, says.",
        properties: {
          name: { type: "string", minLength: 1, description: "The event's name.", examples: ["paymentReceived"] },
          match: { type: "object", description: "Fields the event's data must have, with these values." },
        },
      },
    },
  },
  output: (info) => ({
    type: "object",
    properties:
      info.with.event === undefined ? {} : { event: { description: "The event's data, where it came first." } },
  }),
  outcomes: (info) => {
    const ways = waysOf(info.with);
    return ways.length > 1 ? ways : ["succeeded"];
  },
  lasts: ({ with: { duration } }) => (typeof duration === "string" ? parseDuration(duration) : undefined),
  open(input, context): Waiting {
    const named = waysOf(input).length > 1;
    const outcome = (way: string) => (named ? way : "succeeded");
    const timers: { outcome: string; at: number }[] = [];
    if (typeof input.duration === "string") {
      timers.push({ outcome: outcome("duration"), at: context.now + (parseDuration(input.duration) as number) });
    }
    if (typeof input.until === "string") timers.push({ outcome: outcome("until"), at: timeOf(input.until) });
    const { event } = input;
    return {
      ...(timers.length === 0 ? {} : { timers }),
      ...(isObject(event)
        ? {
            event: {
              name: event.name as string,
              ...(isObject(event.match) ? { match: event.match } : {}),
              outcome: outcome("event"),
            },
          }
        : {}),
    };
  },
});

export default definePlugin({ name: "wait", version: "1.0.0", apiVersion: 1, stages: [wait] });

function waysOf(input: StageInfo["with"]): string[] {
  return WAYS.filter((way) => input[way] !== undefined);
}

function timeOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new StageError("wait-until", `${text} is no timestamp such as 2026-12-31T17:00:00Z`);
  return at;
}
