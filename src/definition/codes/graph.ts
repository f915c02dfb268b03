import type { Row } from "./row.js";

export const GRAPH: readonly Row[] = [
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
  [
    "unreachable-case",
    "A case can never be the one that counts, whatever the run is given.",
    "Check the spelling of its value, move it up, or remove it.",
  ],
  [
    "unhandled-case",
    "There are values for which no case holds, and no stage follows then.",
    "Add a case for them, or a stage that needs `otherwise`.",
  ],
  [
    "timeout-too-short",
    "A limit of time ends earlier than what stands within it may take, so that a longer limit there means nothing.",
    "Give the outer one more time, or what is inside less.",
  ],
  [
    "retry-repeats",
    "A stage is tried again although its work, done twice, has happened twice.",
    "Remove the retry, or work in a way that may be repeated, such as `mode: upsert`.",
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
    "A trigger is of no kind or of two, has the name of another, waits for a time that cannot come, or takes requests of which nothing proves where they come from.",
    "See the help for what can be written.",
  ],
  [
    "bad-alert",
    "An alert about slow runs does not say what slow is, or `after` is given where nothing takes time.",
    "Add or remove `after`.",
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
