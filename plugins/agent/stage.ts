import {
  defineStage,
  isObject,
  type Json,
  type JsonObject,
  type JsonSchema,
  type StageContext,
  StageError,
  type StageInfo,
  type StageResult,
} from "stagecraft/plugin";
import { readAgent } from "./agent.js";
import { attachmentsOf } from "./attachments.js";
import { check } from "./check.js";
import { type Conversation, converse, type Setting, startConversation } from "./conversation.js";
import { instructionsFor, templates } from "./instructions.js";
import { firstMessage } from "./messages.js";
import { openToolbox } from "./toolbox.js";
import { chooseProvider } from "./turn.js";

const TEXT_OUTPUT: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["text"],
  properties: { text: { type: "string", description: "What the agent answered." } },
};

/** Failures that are wholly in the journal, so that meeting them again means they were told before. */
const REPLAYED = new Set(["agent-output-invalid", "agent-turns-exceeded"]);

export const agentStage = defineStage({
  name: "agent",
  kind: "effect",
  leavesNothing: true,
  title: "Agent",
  description:
    "Asks an agent of the definition. Every answer and every tool result is kept as it arrives, so nothing is paid for twice.",
  examples: ['uses: agent\nwith:\n  agent: complianceOfficer\n  input: "${{ inputs }}"'],
  input: {
    type: "object",
    additionalProperties: false,
    required: ["agent"],
    properties: {
      agent: { type: "string", minLength: 1, description: "Name of an entry of `agents`." },
      input: { description: "What the agent works on: any value." },
      prompt: { type: "string", description: "What to do with it, beside the agent's instructions." },
      attachments: {
        type: "array",
        maxItems: 20,
        items: { type: "string", minLength: 1 },
        description: "Images, PDFs and texts that go with it: paths in the project, or data: addresses in base64.",
      },
    },
  },
  output: outputOf,
  templates,
  check,
  run,
});

function outputOf({ with: given, agents }: StageInfo): JsonSchema {
  const name = given["agent"];
  const agent = typeof name === "string" && Object.hasOwn(agents, name) ? agents[name] : undefined;
  if (agent === undefined) return { type: "object" };
  return isObject(agent["output"]) ? agent["output"] : TEXT_OUTPUT;
}

async function run(input: JsonObject, context: StageContext): Promise<StageResult> {
  const agent = readAgent(String(input["agent"]), context.agents);
  const provider = chooseProvider(agent, context);
  const instructions = instructionsFor(agent, input["input"] ?? null, context);
  const first = firstMessage(input, await attachmentsOf(input, provider, context));
  const toolbox = await openToolbox(agent, context);
  try {
    return await answer({ agent, provider, toolbox, instructions, input, first }, context);
  } finally {
    await toolbox.close();
  }
}

async function answer(setting: Setting, context: StageContext): Promise<StageResult> {
  const used: Conversation["used"] = [];
  for (let number = 1; ; number += 1) {
    const talk = startConversation(number, used);
    try {
      // What it used stands in the journal with each of its answers.
      return { outputs: await converse(setting, talk, context), explain: explain(setting, talk, number) };
    } catch (error) {
      // A conversation that failed without asking anything is an earlier attempt's: this attempt holds a new one.
      const told = error instanceof StageError && REPLAYED.has(error.code) && !talk.live;
      if (!told) throw error;
    }
  }
}

function explain({ agent, provider }: Setting, talk: Conversation, conversations: number): Json {
  return {
    agent: agent.name,
    provider: provider.name,
    providerTitle: provider.title,
    model: talk.used.at(-1)?.model ?? null,
    turns: talk.turns,
    conversations,
    repaired: talk.repaired,
    tools: talk.tools,
    warnings: talk.warnings,
  };
}
