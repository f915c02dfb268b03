import { Type } from "@sinclair/typebox";
import { RUN_STATUSES } from "./documents.js";
import { oneOf, record, Text, Values } from "./parts.js";

/** What requests carry. Who acts is never among it: that is who the token says. */

const limit = (most: number) => Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: 50 }));
const since = Type.Optional(Type.String({ format: "date-time" }));

export const ListRuns = record({
  status: Type.Optional(
    Type.String({
      pattern: `^(${RUN_STATUSES.join("|")})(,(${RUN_STATUSES.join("|")}))*$`,
      description: "one or several, with commas between",
    }),
  ),
  workflow: Type.Optional(Text()),
  since,
  before: since,
  id: Type.Optional(Text("beginning of an id")),
  after: Type.Optional(Text("cursor: `next` of the page before")),
  limit: limit(200),
});

export const ListEvents = record({
  after: Type.Optional(Type.Integer({ minimum: 0, default: 0, description: "seq of the last event already seen" })),
  limit: limit(1_000),
});

export const ListApprovals = record({
  status: Type.Optional(oneOf(["open", "decided", "expired", "closed", "all"])),
  run: Type.Optional(Text()),
});

export const ListActs = record({
  run: Type.Optional(Text("id, or the beginning of one")),
  since,
  who: Type.Optional(Text("a person, an agent or `engine`")),
  engine: Type.Optional(
    Type.Boolean({ default: true, description: "false leaves out what only followed from what others did" }),
  ),
  after: Type.Optional(Text("cursor: `next` of the page before")),
  limit: limit(1_000),
});
export const OfRun = record({ run: Type.Optional(Text("id, or the beginning of one; without it, every run")) });

export const OfStage = record({ path: Text() });
export const MetricsSince = record({ since });

export const StartRun = record({
  definition: Text("id of a definition of the project"),
  inputs: Type.Optional(Values),
  provider: Type.Optional(Text("agent provider that goes before all others")),
  priority: Type.Optional(
    Type.Integer({
      minimum: -1_000,
      maximum: 1_000,
      description: "in the place of the definition's: the higher goes first",
    }),
  ),
});

export const ForkRun = record({ stage: Text(), inputs: Type.Optional(Values) });
export const WithReason = record({ reason: Type.Optional(Type.String({ maxLength: 2_000 })) });
export const Nothing = record({});
export const RetryStage = record({ stage: Type.Optional(Text("without it, everything that failed or is held")) });
export const SkipStage = record({ stage: Text(), outputs: Type.Optional(Values) });
export const Decide = record({
  outcome: Text("one of the request's outcomes"),
  comment: Type.Optional(Type.String({ maxLength: 10_000 })),
  data: Type.Optional(Values),
});
export const SayEvent = record({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  data: Type.Optional(Values),
  id: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "the same one twice is one event" })),
});
export const LogIn = record({ token: Type.String({ minLength: 1, maxLength: 500 }) });
