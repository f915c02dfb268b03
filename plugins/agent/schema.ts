import { DURATION_PATTERN, type JsonSchema } from "stagecraft/plugin";
import { toolSchema } from "./tool-entry.js";

/** One entry of a definition's `agents`, as written. */
export const agentSchema: JsonSchema = {
  type: "object",
  title: "Agent",
  description: "Who answers, with what instructions, in what shape, and with which tools.",
  additionalProperties: false,
  required: ["instructions"],
  patternProperties: { "^x-": true },
  properties: {
    title: { type: "string", description: "For people and for the graph." },
    description: { type: "string", description: "What the agent is for." },
    provider: {
      type: "string",
      default: "auto",
      description:
        "auto: openai when OPENAI_API_KEY or OPENAI_BASE_URL is set, else embedded (a deterministic extractor, not a language model). --provider overrides it.",
    },
    model: { type: "string", minLength: 1, description: "Any name the provider knows, such as gpt-5-mini." },
    api: {
      type: "string",
      enum: ["chat", "responses"],
      default: "chat",
      description: "With openai: chat works with every compatible server.",
    },
    baseUrl: {
      type: "string",
      pattern: "^https?://",
      description: "With openai: another compatible server. It gets the key apiKeyEnv names, never OPENAI_API_KEY.",
    },
    apiKeyEnv: {
      type: "string",
      pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
      description: "With openai: the environment variable that holds the key for baseUrl.",
    },
    stream: { type: "boolean", default: false, description: "Show the answer while it comes." },
    instructions: {
      description: "What the model is told first; ${{ input }} inside it is the stage's input.",
      anyOf: [
        { type: "string", minLength: 1 },
        {
          type: "object",
          additionalProperties: false,
          required: ["file"],
          properties: { file: { type: "string", description: "A text file beside the definition." } },
        },
      ],
    },
    output: {
      type: "object",
      "x-schema": true,
      description: "JSON Schema of the answer, an object. Without it the output is { text }.",
    },
    examples: {
      type: "array",
      description: "Answers as they should be, shown to the model.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["input", "output"],
        properties: { input: {}, output: {} },
      },
    },
    tools: {
      type: "array",
      uniqueItems: true,
      items: toolSchema,
      description: "The tools the agent may call, such as http.get. It can call no others.",
    },
    limits: {
      type: "object",
      additionalProperties: false,
      properties: {
        maxTurns: {
          type: "integer",
          minimum: 1,
          maximum: 100,
          default: 8,
          description: "Answers a conversation may take.",
        },
        maxOutputTokens: { type: "integer", minimum: 1, description: "Of one answer." },
        timeout: {
          type: "string",
          pattern: DURATION_PATTERN,
          default: "10m",
          description: "Of one answer, such as 60s.",
        },
        usd: { type: "number", exclusiveMinimum: 0, description: "No further answer is asked for once this is spent." },
      },
    },
    price: {
      type: "object",
      description: "What the model costs, in US dollars per million tokens: for servers whose prices nobody lists.",
      additionalProperties: false,
      required: ["input", "output"],
      properties: { input: { type: "number", minimum: 0 }, output: { type: "number", minimum: 0 } },
    },
    rateLimit: {
      type: "object",
      additionalProperties: false,
      minProperties: 1,
      description: "Shared by all agents that ask this model of this provider, in every run and process.",
      properties: {
        requestsPerMinute: { type: "integer", minimum: 1, description: "Answers asked for in any minute." },
        tokensPerMinute: { type: "integer", minimum: 1, description: "Tokens in and out in any minute, estimated." },
      },
    },
    options: {
      type: "object",
      description: "Settings sent to the provider as they are, such as temperature.",
      additionalProperties: true,
    },
  },
};
