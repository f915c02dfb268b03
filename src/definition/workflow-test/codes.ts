/** Findings only a test file can have. */
export const TEST_CODES: readonly (readonly [code: string, means: string, mend: string])[] = [
  ["duplicate-case", "Two cases of one file have the same name.", "Say what is different about one of them."],
  ["misplaced-mock", "A mock stands where nothing is performed.", "Script people and events; time passes by itself."],
  ["contradictory-mock", "A mock says two things that exclude each other.", "Keep one: outputs or an error."],
  ["not-an-approval", "Decisions are scripted for a stage that asks nobody.", "Name the approval stage."],
  [
    "unknown-user",
    "A decision is by somebody the project does not know.",
    "Add the user to `identities`, or name another.",
  ],
];
