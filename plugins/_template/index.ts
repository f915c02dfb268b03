import { definePlugin, defineStage, type JsonSchema, StageError } from "stagecraft/plugin";

const input: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["text"],
  properties: {
    text: { type: "string", description: "What is counted." },
    atLeast: { type: "integer", minimum: 0, description: "Fewer words than this fail the stage. Default 0." },
  },
};

const output: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["words"],
  properties: { words: { type: "integer", minimum: 0, description: "Words in the text." } },
};

const wordCount = defineStage({
  // pure: a function of its input. effect: touches the world. wait: for a person, an event or a time.
  kind: "pure",
  name: "my/wordCount",
  title: "Word count",
  description: "Counts the words of a text.",
  examples: ["uses: my/wordCount\nwith:\n  text: the quick brown fox\n  atLeast: 3\n"],
  input,
  output,
  run(input) {
    const words = (input.text as string).split(/\s+/).filter((word) => word !== "").length;
    const atLeast = (input.atLeast as number | undefined) ?? 0;
    if (words < atLeast) throw new StageError("too-short", `${words} words, and at least ${atLeast} are asked for`);
    return { outputs: { words } };
  },
});

export default definePlugin({ name: "my/words", version: "1.0.0", apiVersion: 1, stages: [wordCount] });
