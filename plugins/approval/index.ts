import {
  type ApprovalRequest,
  DURATION_PATTERN,
  definePlugin,
  defineStage,
  isObject,
  type Json,
  type JsonObject,
  type JsonSchema,
  parseDuration,
  type StageInfo,
  type StageIssue,
} from "stagecraft/plugin";

/** What every approval may end with. */
const OUTCOMES = ["approved", "rejected", "expired"];

/** Asks people to decide. */
const approval = defineStage({
  kind: "wait",
  name: "approval",
  title: "Approval",
  description:
    "Waits until enough people have approved or rejected, or until it expires. Nobody's silence means yes: an expired approval ends `expired`.",
  examples: [
    [
      "uses: approval",
      "with:",
      "  title: Pay the invoice",
      '  approvers: ["role:manager", ann@example.org]',
      "  forbid: [bob@example.org]",
      "  quorum: { approve: 2 }",
      "  expires: 3d",
      "",
    ].join("\n"),
  ],
  input: {
    type: "object",
    additionalProperties: false,
    required: ["approvers"],
    properties: {
      title: { type: "string", description: "One line for the list of approvals. Default: the stage's path." },
      message: { type: "string", description: "What is to be decided, for the person who decides." },
      show: { description: "Data the decider is shown; a decision records the hash of what was seen." },
      approvers: {
        type: "array",
        minItems: 1,
        items: { type: "string", minLength: 1 },
        description: "Who may decide: a user, `role:x` or `group:x`. Any of them.",
        examples: [["role:manager"]],
      },
      forbid: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description:
          "Who may not decide whatever else they are: whoever asked, whoever decided before. A user, `role:x` or `group:x`.",
      },
      quorum: {
        type: "object",
        additionalProperties: false,
        description: "How many different people it takes.",
        properties: {
          approve: { type: "integer", minimum: 1, description: "For `approved`. Default 1." },
          reject: {
            type: "integer",
            minimum: 1,
            description: "For `rejected`, and for each further outcome. Default 1.",
          },
        },
      },
      outcomes: {
        type: "array",
        uniqueItems: true,
        items: { type: "string", pattern: "^[a-z][A-Za-z0-9]*$" },
        description: "Further outcomes a person may choose. Constant.",
        examples: [["changesRequested"]],
      },
      form: {
        type: "object",
        "x-schema": true,
        description: "JSON Schema of what the decider fills in; it becomes `outputs.data`.",
      },
      expires: {
        type: "string",
        pattern: DURATION_PATTERN,
        description: "How long it stays open; then it ends `expired`.",
        examples: ["3d"],
      },
      notify: {
        type: "string",
        minLength: 1,
        description:
          "Channel that tells the approvers when it opens, at each reminder and when it escalates: a name of the project's `notify`, or a notifier.",
        examples: ["ops"],
      },
      remindEvery: {
        type: "string",
        pattern: DURATION_PATTERN,
        description: "Remind the approvers again and again while it is open.",
        examples: ["1d"],
      },
      escalateTo: {
        type: "object",
        additionalProperties: false,
        required: ["approvers", "after"],
        description: "Others who may decide too once this time has passed.",
        properties: {
          approvers: { type: "array", minItems: 1, items: { type: "string", minLength: 1 } },
          after: { type: "string", pattern: DURATION_PATTERN, examples: ["2d"] },
        },
      },
    },
  },
  output: (info) => outputSchema(isObject(info.with.form) ? info.with.form : { type: "object" }),
  outcomes: (info) => [...OUTCOMES, ...further(info)],
  check,
  lasts: ({ with: { expires } }) => (typeof expires === "string" ? parseDuration(expires) : undefined),
  open(input, context) {
    const quorum = (input.quorum ?? {}) as Partial<ApprovalRequest["quorum"]>;
    const request: ApprovalRequest = {
      title: (input.title as string | undefined) ?? context.run.stage,
      ...(typeof input.message === "string" ? { message: input.message } : {}),
      ...(input.show === undefined ? {} : { show: input.show }),
      approvers: input.approvers as readonly string[],
      forbid: (input.forbid ?? []) as readonly string[],
      quorum: { approve: quorum.approve ?? 1, reject: quorum.reject ?? 1 },
      outcomes: ["approved", "rejected", ...((input.outcomes ?? []) as readonly string[])],
      ...(isObject(input.form) ? { form: input.form } : {}),
      ...nudges(input, context.now),
    };
    if (typeof input.expires !== "string") return { approval: request };
    return {
      approval: request,
      timers: [{ outcome: "expired", at: context.now + (parseDuration(input.expires) as number) }],
    };
  },
});

export default definePlugin({
  name: "approval",
  version: "1.0.0",
  apiVersion: 1,
  codes: [
    {
      code: "approval-without-expiry",
      means: "An approval waits for ever when nobody decides.",
      mend: "Add `expires: 3d`, and a stage that needs the outcome `expired`.",
    },
    {
      code: "approval-outcomes",
      means: "A further outcome of an approval is one it has already, or is not constant.",
      mend: "Choose another name, written out.",
    },
    {
      code: "approval-quorum",
      means: "More people must decide than there are who may.",
      mend: "Lower the quorum, or name more approvers.",
    },
    {
      code: "approval-people",
      means: "Who may or may not decide is written in a way that names nobody.",
      mend: "Write a user plain, a role as `role:x`, a group as `group:x`.",
    },
  ],
  stages: [approval],
});

/** How people are brought to decide. */
function nudges({ notify, remindEvery, escalateTo }: JsonObject, now: number): Partial<ApprovalRequest> {
  const escalate = isObject(escalateTo)
    ? {
        at: now + (parseDuration(escalateTo.after as string) as number),
        approvers: escalateTo.approvers as readonly string[],
      }
    : undefined;
  return {
    ...(typeof notify === "string" ? { notify } : {}),
    ...(typeof remindEvery === "string" ? { remindEvery: parseDuration(remindEvery) as number } : {}),
    ...(escalate === undefined ? {} : { escalate }),
  };
}

function outputSchema(form: JsonObject): JsonSchema {
  const nullable = (schema: Json): Json => ({ anyOf: [schema, { type: "null" }] });
  const decision = {
    type: "object",
    required: ["by", "at", "outcome"],
    properties: {
      by: { type: "string" },
      at: { type: "string", format: "date-time" },
      outcome: { type: "string" },
      comment: { type: "string" },
      data: form,
    },
  };
  return {
    type: "object",
    required: ["outcome", "by", "comment", "data", "decisions"],
    properties: {
      outcome: { type: "string", description: "As the stage's outcome." },
      by: {
        ...(nullable({ type: "string" }) as JsonObject),
        description: "Whose decision settled it; null when it expired.",
      },
      comment: { ...(nullable({ type: "string" }) as JsonObject), description: "Of that decision." },
      data: { ...(nullable(form) as JsonObject), description: "The form as filled in with that decision." },
      decisions: { type: "array", items: decision, description: "All of them, in order." },
    },
  };
}

function check(info: StageInfo): StageIssue[] {
  const issues: StageIssue[] = [];
  const { expires } = info.with;
  if (expires === undefined) {
    issues.push({
      code: "approval-without-expiry",
      severity: "warning",
      path: ["with"],
      message: "this approval waits for ever when nobody decides",
      help: "add `expires: 3d`, and a stage that needs its `expired` outcome",
    });
  }
  for (const [index, name] of further(info).entries()) {
    if (!OUTCOMES.includes(name) && !name.includes("${{")) continue;
    const message = name.includes("${{")
      ? "outcomes are constant names"
      : `every approval has the outcome ${name} already`;
    issues.push({ code: "approval-outcomes", severity: "error", path: ["with", "outcomes", index], message });
  }
  return [...issues, ...checkPeople(info), ...checkQuorum(info)];
}

/** A slip here would let nobody decide, or whoever was to be kept out. */
function checkPeople({ with: { approvers, forbid, escalateTo } }: StageInfo): StageIssue[] {
  const lists: [path: string[], list: Json | undefined][] = [
    [["with", "approvers"], approvers],
    [["with", "forbid"], forbid],
    [["with", "escalateTo", "approvers"], isObject(escalateTo) ? escalateTo.approvers : undefined],
  ];
  return lists.flatMap(([path, list]) => {
    if (!Array.isArray(list)) return [];
    return list.flatMap((entry, index): StageIssue[] => {
      const meant = typeof entry === "string" ? meantBy(entry) : undefined;
      if (meant === undefined || meant === entry) return [];
      const message = `\`${entry}\` names nobody`;
      const help = `write ${meant}: users are plain, roles and groups are role:x and group:x`;
      return [{ code: "approval-people", severity: "error", path: [...path, index], message, help }];
    });
  });
}

const KINDS = { user: "", role: "role:", group: "group:", team: "group:" } as const;

/** Of a name that says what it is of: how it is written. */
function meantBy(entry: string): string | undefined {
  const [, kind, name] = /^(user|role|group|team)s?\s*:\s*(.*)$/i.exec(entry) ?? [];
  return kind === undefined ? undefined : `${KINDS[kind.toLowerCase() as keyof typeof KINDS]}${name || "x"}`;
}

/** Only plain users can be counted; one role may be many people. */
function checkQuorum(info: StageInfo): StageIssue[] {
  const { approvers, forbid, quorum } = info.with;
  if (!Array.isArray(approvers) || !approvers.every(isPlainUser)) return [];
  const forbidden = new Set(Array.isArray(forbid) ? forbid.map((user) => String(user).toLowerCase()) : []);
  const possible = new Set(approvers.map((user) => user.toLowerCase()).filter((user) => !forbidden.has(user))).size;
  return (["approve", "reject"] as const).flatMap((side): StageIssue[] => {
    const written = isObject(quorum) ? quorum[side] : undefined;
    const needed = written ?? 1;
    if (typeof needed !== "number" || needed <= possible) return [];
    const path = written === undefined ? ["with", "approvers"] : ["with", "quorum", side];
    const message = `${needed} must ${side}, but only ${possible} of the approvers may`;
    return [{ code: "approval-quorum", severity: "error", path, message }];
  });
}

function isPlainUser(approver: Json): approver is string {
  return typeof approver === "string" && !/^(?:role|group):/.test(approver) && !approver.includes("${{");
}

function further(info: StageInfo): string[] {
  const { outcomes } = info.with;
  return Array.isArray(outcomes) ? outcomes.filter((name) => typeof name === "string") : [];
}
