import { Type } from "@sinclair/typebox";
import { closed, Words } from "./common.js";

const ALLOWANCE = {
  usd: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: "Money, in US dollars." })),
  tokens: Type.Optional(Type.Integer({ minimum: 1, description: "Tokens in and out together." })),
};

const ON_EXCEED = Type.Optional(
  Words(["pause", "fail"], "What happens instead of a call there is no room for. Default pause."),
);

export const BudgetSchema = Type.Object(
  { ...ALLOWANCE, onExceed: ON_EXCEED },
  closed("What models may cost: attempts, items, iterations and inner stages together."),
);

export const RunBudgetSchema = Type.Object(
  {
    ...ALLOWANCE,
    day: Type.Optional(Type.Object(ALLOWANCE, closed("Of all runs of this workflow within one UTC day."))),
    workflow: Type.Optional(Type.Object(ALLOWANCE, closed("Of all runs of this workflow, ever."))),
    onExceed: ON_EXCEED,
  },
  closed("What models may cost in one run."),
);
