import { Type } from "@sinclair/typebox";
import { Condition, closed, NEED_PATTERN, STAGE_ID_PATTERN, Words } from "./common.js";

/**
 * Words of the language whose shape is checked though the engine does not act on them yet: writing one is the
 * warning `not-yet-supported`. A word leaves these lists with the change that makes it work.
 */
export const UNSUPPORTED_TOP = ["budget"] as const;
export const UNSUPPORTED_STAGE = ["budget"] as const;

export const BudgetSchema = Type.Object(
  {
    usd: Type.Optional(Type.Number({ minimum: 0, description: "Money." })),
    tokens: Type.Optional(Type.Integer({ minimum: 0, description: "Tokens in and out." })),
    onExceed: Type.Optional(Words(["pause", "fail"], "What happens then. Default pause.")),
  },
  closed("What models may cost."),
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
