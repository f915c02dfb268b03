import {
  type Cut,
  definePlugin,
  defineStage,
  isObject,
  type Json,
  type JsonObject,
  StageError,
  type StageInfo,
  type StageIssue,
} from "stagecraft/plugin";

const OTHERWISE = "otherwise";
/** Outcomes any stage may have, and the edge that means all of them: a case by that name could not be told apart. */
const TAKEN = [OTHERWISE, "succeeded", "skipped", "failed", "omitted", "cancelled", "done"];
const LITERAL = { type: ["string", "number", "boolean", "null"] };

/** Sends a run one of several ways: its outcome is the name of a case. */
const choose = defineStage({
  kind: "pure",
  name: "switch",
  title: "Switch",
  description:
    "Ends with the name of the first case that holds, or `otherwise`. With `value`, a case holds when it equals the value or lists it; without, when it is true.",
  examples: [
    "uses: switch\nwith:\n  value: DE\n  cases:\n    home: DE\n    nearby: [AT, CH]\n",
    "uses: switch\nwith:\n  cases:\n    large: ${{ inputs.amount > 10000 }}\n    urgent: ${{ inputs.urgent }}\n",
  ],
  input: {
    type: "object",
    additionalProperties: false,
    required: ["cases"],
    properties: {
      value: { ...LITERAL, description: "What the cases are compared with." },
      cases: {
        type: "object",
        minProperties: 1,
        propertyNames: { pattern: "^[a-z][A-Za-z0-9]*$" },
        additionalProperties: { type: [...LITERAL.type, "array"], items: LITERAL },
        description: "Outcome to condition, or to the value or values it stands for, in order.",
      },
    },
  },
  output: (info) => ({
    type: "object",
    additionalProperties: false,
    required: ["case"],
    properties: { case: { type: "string", enum: outcomesOf(info), description: "As the stage's outcome." } },
  }),
  outcomes: outcomesOf,
  check,
  cuts,
  run(input) {
    const cases = Object.entries(input.cases as JsonObject);
    const holds = Object.hasOwn(input, "value") ? equals(input.value as Json) : isTrue;
    const name = cases.find(([label, wanted]) => holds(wanted, label))?.[0] ?? OTHERWISE;
    return { outputs: { case: name }, outcome: name };
  },
});

export default definePlugin({
  name: "switch",
  version: "1.0.0",
  apiVersion: 1,
  codes: [
    {
      code: "switch-case",
      means: "A case of a `switch` cannot be what it is: its name, or what it is compared with.",
      mend: "See the message: a case is true, false, one expression, a literal or a list of literals.",
    },
  ],
  stages: [choose],
});

function equals(value: Json): (wanted: Json) => boolean {
  return (wanted) => (Array.isArray(wanted) ? wanted.includes(value) : wanted === value);
}

/** Only true is true: a case that is neither true nor false is a fault, never a no. */
function isTrue(wanted: Json, label: string): boolean {
  if (typeof wanted === "boolean") return wanted;
  throw new StageError("switch-case", `case ${label} is neither true nor false: ${JSON.stringify(wanted)}`);
}

function outcomesOf(info: StageInfo): string[] {
  return [...Object.keys(isObject(info.with.cases) ? info.with.cases : {}), OTHERWISE];
}

function check(info: StageInfo): StageIssue[] {
  const cases = isObject(info.with.cases) ? info.with.cases : {};
  const issues: StageIssue[] = [];
  const issue = (name: string, severity: StageIssue["severity"], message: string, atKey: boolean) => {
    issues.push({ code: "switch-case", severity, path: ["with", "cases", name], message, atKey });
  };
  const seen = new Map<Json, string>();
  for (const [name, wanted] of Object.entries(cases)) {
    if (TAKEN.includes(name)) issue(name, "error", `a case cannot be named ${name}`, true);
    if (info.with.value === undefined) {
      const conditional = typeof wanted === "boolean" || (typeof wanted === "string" && wanted.includes("${{"));
      if (!conditional) issue(name, "error", "without `value`, a case is a condition: ${{ … }}", false);
      continue;
    }
    const literals = Array.isArray(wanted) ? wanted : [wanted];
    // A case of which nothing is left is found by the proof over all cases.
    const isLeft = literals.some((literal) => !seen.has(literal));
    for (const literal of literals) {
      const earlier = seen.get(literal);
      if (earlier === undefined) {
        if (!String(literal).includes("${{")) seen.set(literal, name);
      } else if (isLeft)
        issue(name, "warning", `${JSON.stringify(literal)} is taken by case ${earlier} already`, false);
    }
  }
  return issues;
}

/** With `value`, that alone decides, by what the cases list; without, each case does. */
function cuts({ with: input }: StageInfo): readonly Cut[] | undefined {
  if (!isObject(input.cases)) return undefined;
  if (input.value === undefined) {
    return Object.keys(input.cases).map((name) => ({ path: ["cases", name], values: [true, false] }));
  }
  const values = Object.values(input.cases).flat() as Cut["values"];
  return values.some((value) => typeof value === "string" && value.includes("${{"))
    ? undefined
    : [{ path: ["value"], values }];
}
