import { nearest } from "../core/suggest.js";
import type { CodeInfo } from "../plugin/api.js";
import { TEST_CODES } from "./workflow-test/codes.js";

/** What a code of a finding means, and how to mend what it is about. */
export interface CodeRecord extends CodeInfo {
  /** `source`: the YAML itself. `inputs`: what a run is started with; `test`: a test file; the others are about the definition. */
  readonly about: "source" | "shape" | "graph" | "expression" | "stageType" | "inputs" | "test";
}

type Row = readonly [code: string, means: string, mend: string];

const SOURCE: readonly Row[] = [
  [
    "yaml-syntax",
    "The file is not valid YAML.",
    "Look at the place and the line before it: indentation, quotes, brackets.",
  ],
  [
    "yaml-quote",
    "YAML takes part of an expression, or of a text, for its own signs, and would lose it.",
    "Put the whole value in quotes.",
  ],
  ["yaml-tabs", "A tab stands where YAML counts spaces.", "Indent with spaces."],
  ["yaml-tag", "A YAML tag such as `!!binary` is used; the language has none.", "Remove the tag."],
  [
    "yaml-alias",
    "An alias has no anchor before it, or stands for something it is part of.",
    "Put the anchor first, for instance under `x-shared`.",
  ],
  ["yaml-documents", "The file holds several YAML documents.", "One definition a file."],
  ["too-large", "The file is larger than 10 MB.", "Move data into files that stages read."],
  ["too-deep", "Values are nested deeper than any definition needs.", "Flatten the data, or read it from a file."],
  [
    "alias-bomb",
    "Aliases of aliases would grow the file beyond all bounds.",
    "Write the values out, or read them from a file.",
  ],
  ["empty-definition", "The file says nothing.", "Begin with apiVersion, id, version and stages."],
  [
    "not-a-mapping",
    "The file is a list or a text rather than keys with values.",
    "Begin with `apiVersion: stagecraft/v1`.",
  ],
  ["duplicate-key", "A mapping has one key twice; one of the two would be lost.", "Remove or rename one."],
  ["key-not-text", "A key is empty, a list or a mapping.", "Give it a name."],
  ["forbidden-key", "`__proto__` is used as a key.", "Choose another name."],
];

const SHAPE: readonly Row[] = [
  [
    "unknown-key",
    "A key is not part of the language at this place.",
    "See what the help suggests: a spelling, or our word for it.",
  ],
  ["missing-key", "A required key is not there.", "Add it."],
  [
    "wrong-type",
    "A value, or what an expression gives, has another type than is expected here.",
    "Give a value of the type named.",
  ],
  [
    "invalid-value",
    "A value is of the right type and still not allowed.",
    "Choose one of the values, or stay within the bounds named.",
  ],
  ["bad-duration", "A time span is not written as one.", "Write 500ms, 2s, 5m, 1h30m or 3d."],
  ["bad-version", "The version is not a semantic version.", 'Three numbers in quotes, such as "1.0.0".'],
  ["bad-name", "A name has a form that expressions or `needs` could not use.", "Use the form the help shows."],
  [
    "bad-need",
    "An entry of `needs` is not an edge, or its parts do not go together.",
    "Write `a`, `a.outcome`, `{ anyOf: […] }` or `{ settled: […] }`.",
  ],
  [
    "needs-expression",
    "A condition is text rather than true, false or one expression.",
    "Put one ${{ … }} around the whole of it.",
  ],
  [
    "needs-constant",
    "What must be known before the run is left to an expression.",
    "Name it, or choose between stages with `switch`.",
  ],
  [
    "not-yet-supported",
    "The word belongs to the language, is checked, and has no effect in this version.",
    "Remove it, or keep it knowingly: `# stagecraft-ignore not-yet-supported`.",
  ],
  ["constant-condition", "A condition is always true or always false.", "Remove it, or the stage."],
  [
    "invalid-schema",
    "A JSON Schema in the definition is none, or has a misspelt keyword.",
    "See json-schema.org, draft 2020-12.",
  ],
  ["invalid-default", "A default breaks the schema it belongs to.", "Mend the default or the schema."],
  ["file-not-found", "A file the definition names is not there.", "Paths start at the definition's own folder."],
  ["bad-file", "A file the definition names cannot be read as what it is.", "Mend that file."],
];

const GRAPH: readonly Row[] = [
  [
    "unknown-stage",
    "`needs` names a stage that is not in this graph.",
    "Check the spelling; edges stay within one graph.",
  ],
  ["unknown-outcome", "`needs` names an outcome the stage never ends with.", "Name one of the outcomes in the help."],
  [
    "ambiguous-need",
    "A stage with named outcomes is needed without naming one.",
    "Name the outcome, or `.done` for any.",
  ],
  ["self-need", "A stage waits for itself.", "Remove the need; to do a stage again use `repeat`."],
  ["duplicate-need", "One edge is there twice.", "Remove one."],
  [
    "contradictory-need",
    "A stage needs one stage to end in two ways at once and could never run.",
    "Put the two in one `anyOf`.",
  ],
  [
    "cycle",
    "Stages wait for each other, so that none could start.",
    "Take one of the needs away; to loop use `repeat`.",
  ],
  ["duplicate-id", "A stage of `finally` has the id of a stage of the run.", "Give it another id."],
  ["shadowed-id", "A stage inside a group has the id of one outside it.", "Give it another id."],
  ["reserved-name", "The name of a `forEach` item already means something.", "Choose another with `as`."],
  [
    "reserved-outcome",
    "An outcome has a name that every stage has, that is there twice, or that `needs` cannot say.",
    "Rename the outcome.",
  ],
  ["nesting-too-deep", "Groups are nested deeper than 10.", "Move the inner part into a workflow of its own."],
  ["misplaced-key", "A key has no meaning for this stage type.", "Remove it."],
  ["misplaced-end", "`end` stands in `finally`, where the run is ending already.", "Move it to `stages`."],
  ["bad-compensate", "A stage is undone by a type that cannot undo.", "Use a type that does its work at once."],
  [
    "unfollowed-outcome",
    "People may refuse or not answer, and no stage follows then: the run fails.",
    "Need that outcome in some stage.",
  ],
  ["unknown-workflow", "A workflow is called that is not loaded.", "Check the spelling of its id."],
  ["workflow-recursion", "A workflow would come to call itself.", "Use `repeat` for loops."],
  ["invalid-workflow", "The workflow that is called has errors of its own.", "Validate that file."],
  ["unknown-state", "`set` writes a field that `state` does not have.", "Declare it, or check the spelling."],
  [
    "parallel-write",
    "Two stages, or items of one, may write a field of the state at the same time.",
    "Order them with `needs`, or give the field a `merge`.",
  ],
  [
    "unreachable",
    "No run ever comes to a stage: what it needs never holds together.",
    "Where either of two branches leads on, write `{ anyOf: […] }`.",
  ],
  [
    "rollback-gap",
    "A rollback would leave something as it is, for nothing undoes the stage that did it.",
    "Give that stage a `compensate`, or silence the warning where it is meant.",
  ],
  [
    "bad-trigger",
    "A trigger is of no kind or of two, has the name of another, or waits for a time that cannot come.",
    "See the help for what can be written.",
  ],
  ["bad-policy", "A policy asks for nothing, or for what its parts cannot mean.", "See the help for its forms."],
  [
    "policy-violated",
    "A stage can be reached without an edge that a policy requires; the message shows one way.",
    "Let every way to the stage lead through that edge.",
  ],
  [
    "policy-compensate",
    "A stage that a policy wants to be undoable has a part that nothing undoes.",
    "Add `compensate` to it.",
  ],
  [
    "policy-distinct",
    "One person could act twice where a policy wants different people.",
    "Add whoever acted before to the `forbid` of the later approval.",
  ],
  ["unused", "Something is declared and never used.", "Remove it, or use it."],
];

const EXPRESSION: readonly Row[] = [
  ["expression-syntax", "An expression cannot be read.", "Mend it at the place marked."],
  [
    "unknown-name",
    "There is no such name at the top of an expression.",
    "Check the spelling; the help lists what is in scope.",
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
  ["hidden-stage", "A stage inside a group is read from outside.", "Pass the value out through the group's `outputs`."],
];

const STAGE_TYPE: readonly Row[] = [
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
  ["unknown-agent", "A stage names an agent that is not under `agents`.", "Declare it, or check the spelling."],
  ["unknown-ruleset", "A stage names a rule set that is not under `rulesets`.", "Declare it, or check the spelling."],
];

const INPUTS: readonly Row[] = [
  ["unknown-input", "A run is given an input the workflow does not have.", "Check the spelling."],
  ["missing-input", "A required input is not given.", "Give it with -i or in the input file."],
  ["invalid-input", "An input breaks its schema.", "Mend the value."],
];

const rows = (about: CodeRecord["about"], list: readonly Row[]): CodeRecord[] =>
  list.map(([code, means, mend]) => ({ code, means, mend, about }));

/** Every code this room can find, in the order of the reference. Plugins add codes of their own. */
export const CODES: readonly CodeRecord[] = [
  ...rows("source", SOURCE),
  ...rows("shape", SHAPE),
  ...rows("graph", GRAPH),
  ...rows("expression", EXPRESSION),
  ...rows("stageType", STAGE_TYPE),
  ...rows("inputs", INPUTS),
  ...rows("test", TEST_CODES),
];

const byCode: ReadonlyMap<string, CodeInfo> = new Map(CODES.map((record) => [record.code, record]));

/**
 * What `--explain CODE` says; undefined, or the code most likely meant, where there is none. `more` are the codes that
 * plugins brought.
 */
export function explain(
  code: string,
  more: ReadonlyMap<string, CodeInfo> = new Map(),
): { readonly record?: CodeInfo; readonly meant?: string } {
  const record = byCode.get(code) ?? more.get(code);
  if (record !== undefined) return { record };
  const meant = nearest(code, [...byCode.keys(), ...more.keys()]);
  return meant === undefined ? {} : { meant };
}
