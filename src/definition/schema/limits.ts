import { Type } from "@sinclair/typebox";
import { closed, Duration, Text, Words } from "./common.js";

export const ConcurrencySchema = Type.Object(
  {
    group: Text({ description: "Runs of one group share the limit." }),
    limit: Type.Optional(Type.Integer({ minimum: 1, description: "At a time. Default 1." })),
    onConflict: Type.Optional(Words(["queue", "reject", "cancelRunning"], "What happens to one too many.")),
  },
  closed("A limit across all runs that share the store."),
);

export const StageConcurrencySchema = Type.Object(
  {
    group: Text({ description: "Stages of one group share the limit, whatever workflow they are of." }),
    limit: Type.Optional(Type.Integer({ minimum: 1, description: "At a time. Default 1." })),
  },
  closed("How many stages of a group are under way, across all runs that share the store."),
);

export const RateLimitSchema = Type.Object(
  {
    group: Text({ description: "Stages of one group share the limit, whatever workflow they are of." }),
    limit: Type.Integer({ minimum: 1, description: "How many starts." }),
    per: Duration("In any stretch of this length."),
  },
  closed("So many starts in so much time, across all runs."),
);
