import { definePlugin } from "stagecraft/plugin";
import { agentSchema } from "./schema.js";
import { agentStage } from "./stage.js";

export default definePlugin({
  name: "agent",
  version: "1.0.0",
  apiVersion: 1,
  codes: [
    {
      code: "agent-not-constant",
      means: "The agent a stage asks is left to an expression.",
      mend: "Name one agent; choose between agents with `switch` and two stages.",
    },
    {
      code: "agent-output-schema",
      means: "An agent's `output` is not the schema of an object.",
      mend: "Write type: object with the answer's fields under properties.",
    },
    {
      code: "agent-example",
      means: "The output of an example does not fit the agent's own output schema, and models follow examples.",
      mend: "Mend the example or the schema.",
    },
    {
      code: "agent-attachments",
      means: "Files are attached for an agent whose provider is the embedded extractor, which looks at none.",
      mend: "Let a model answer, or pass the text as the stage's `input`.",
    },
    {
      code: "unknown-tool",
      means: "An agent names a tool that no plugin brings.",
      mend: "Check the spelling, or install the plugin that brings it.",
    },
    {
      code: "unknown-provider",
      means: "An agent names a provider that no plugin brings.",
      mend: "Check the spelling, or leave it at `auto`.",
    },
  ],
  stages: [agentStage],
  definitions: { agents: agentSchema },
});
