import { Type } from "@sinclair/typebox";
import { Condition, closed, NEED_PATTERN, STAGE_ID_PATTERN } from "./common.js";

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
