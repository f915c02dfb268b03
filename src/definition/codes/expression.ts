import type { Row } from "./row.js";

export const EXPRESSION: readonly Row[] = [
  ["expression-syntax", "An expression cannot be read.", "Mend it at the place marked."],
  [
    "unknown-name",
    "There is no such name at the top of an expression.",
    "Check the spelling; the help lists what is in scope.",
  ],
  [
    "not-an-expression",
    "A text looks like an expression of another tool, and is plain text here.",
    "Write `${{ … }}`; where it is meant as text, say `# stagecraft-ignore not-an-expression`.",
  ],
  ["unknown-field", "What is read has no such field.", "Check the spelling against the schema it comes from."],
  ["unknown-function", "There is no such function.", "See the reference of expressions."],
  [
    "wrong-arguments",
    "A function is given too few or too many arguments, or of other types.",
    "See how it is called in the help.",
  ],
  ["type-mismatch", "An operator cannot work on values of these types.", "Convert one of them, as the help shows."],
  [
    "never-equal",
    "A comparison can never be true: the value is none of those possible.",
    "Check the spelling of the value.",
  ],
  [
    "maybe-missing",
    "An optional field is read as if it were always there, or a value may be null.",
    "Guard it with has(), .? or coalesce().",
  ],
  [
    "maybe-absent",
    "Something of a stage is read that is not there on every way to this place.",
    "Guard it with has(), .? or coalesce().",
  ],
  [
    "bad-regex",
    "A regular expression is not valid.",
    "Mend the pattern; backreferences and lookaround do not exist here.",
  ],
  ["bad-value", "A constant has no meaning where it stands.", "See the help for what can be written."],
  ["expression-too-large", "An expression is too long or nested too deep.", "Split it over stages."],
  ["name-not-available", "The name exists, but not in this key.", "The help says where it can be read."],
  ["not-an-ancestor", "A stage is read that need not have ended here.", "Add it to `needs`."],
  [
    "redact-path",
    "What is to be redacted is no path, or nothing stands there: what it means would be kept and shown.",
    "Write `inputs.iban` in the workflow's `redact`, `outputs.iban` in a stage's; `[*]` is each item of a list.",
  ],
  ["hidden-stage", "A stage inside a group is read from outside.", "Pass the value out through the group's `outputs`."],
];

export const STAGE_TYPE: readonly Row[] = [
  [
    "unknown-stage-type",
    "There is no stage type of this name.",
    "Check the spelling, or install the plugin that brings it.",
  ],
  [
    "shell-not-allowed",
    "The stage starts programs of the machine, and the project does not allow that.",
    "Whoever operates the project may set `allow: { shell: true }` in `stagecraft.config.yaml`.",
  ],
  ["plugin-check-failed", "A stage type fell over while checking its input.", "Report it to the plugin's author."],
  [
    "untrusted-text",
    "Text that somebody else chooses would become part of a command, of SQL or of an address.",
    "Pass it as data, or let its schema allow only plain signs: an `enum`, or a `pattern` from `^` to `$`.",
  ],
  ["unknown-agent", "A stage names an agent that is not under `agents`.", "Declare it, or check the spelling."],
  ["unknown-ruleset", "A stage names a rule set that is not under `rulesets`.", "Declare it, or check the spelling."],
];

export const INPUTS: readonly Row[] = [
  ["unknown-input", "A run is given an input the workflow does not have.", "Check the spelling."],
  ["missing-input", "A required input is not given.", "Give it with -i or in the input file."],
  ["invalid-input", "An input breaks its schema.", "Mend the value."],
];
