import { Type } from "@sinclair/typebox";
import { Condition, closed, Duration, NAME_PATTERN, NEED_PATTERN, STAGE_ID_PATTERN, Words } from "./common.js";

/**
 * Words of the language whose shape is checked though the engine does not act on them yet: writing one is the
 * warning `not-yet-supported`. A word leaves this list with the change that makes it work.
 */
export const UNSUPPORTED_TOP = ["alerts"] as const;

export const AlertSchema = Type.Object(
  {
    on: Type.Array(Words(["failed", "paused", "waiting", "slow", "budget", "rejected"], "What happened."), {
      minItems: 1,
    }),
    notify: Type.String({ pattern: NAME_PATTERN, description: "A notification channel of the project." }),
    after: Type.Optional(Duration("For `slow` and `waiting`.")),
  },
  closed("Who is told of what."),
);

export const PolicySchema = Type.Object(
  {
    id: Type.String({ pattern: "^[a-z0-9]+(-[a-z0-9]+)*$", description: "Names the policy." }),
    stage: Type.Optional(Type.String({ pattern: STAGE_ID_PATTERN, description: "The stage it guards." })),
    requires: Type.Optional(Type.Array(Type.String({ pattern: NEED_PATTERN }), { minItems: 1 })),
    when: Type.Optional(Condition("Only for runs in which this holds.")),
    mustCompensate: Type.Optional(Type.Boolean()),
    distinct: Type.Optional(Type.Array(Type.String(), { minItems: 2 })),
  },
  closed("What must hold on every path."),
);
