import {
  isObject,
  type Json,
  type JsonObject,
  type JsonSchema,
  type Price,
  parseDuration,
  StageError,
} from "stagecraft/plugin";
import { type ToolEntry, toolEntry } from "./tool-entry.js";

/** An entry of `agents` with its defaults, as the conversation uses it. */
export interface Agent {
  readonly name: string;
  readonly provider: string;
  readonly model: string | undefined;
  readonly instructions: string;
  readonly output: JsonSchema | undefined;
  readonly examples: readonly { readonly input: Json; readonly output: Json }[];
  readonly tools: readonly ToolEntry[];
  readonly maxTurns: number;
  readonly maxOutputTokens: number | undefined;
  /** Milliseconds, of one answer. */
  readonly timeout: number;
  readonly usd: number | undefined;
  readonly requestsPerMinute: number | undefined;
  readonly tokensPerMinute: number | undefined;
  /** Goes before the provider's own. */
  readonly price: Price | undefined;
  /** What only the provider understands. */
  readonly options: JsonObject;
}

const PROVIDER_KEYS = ["api", "baseUrl", "apiKeyEnv", "stream"];
const DEFAULT_MAX_TURNS = 8;
/** A timer set for longer would go off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const DEFAULT_TIMEOUT_MS = 10 * 60_000;

/** @throws StageError `unknown-agent` */
export function readAgent(name: string, agents: Readonly<Record<string, JsonObject>>): Agent {
  const written = Object.hasOwn(agents, name) ? agents[name] : undefined;
  if (written === undefined) throw new StageError("unknown-agent", `there is no agent ${name} in this definition`);
  const limits = isObject(written["limits"]) ? written["limits"] : {};
  const rates = isObject(written["rateLimit"]) ? written["rateLimit"] : {};
  return {
    name,
    provider: text(written["provider"]) ?? "auto",
    model: text(written["model"]),
    instructions: text(written["instructions"]) ?? "",
    output: isObject(written["output"]) ? written["output"] : undefined,
    examples: (written["examples"] ?? []) as unknown as Agent["examples"],
    tools: list(written["tools"]).map(toolEntry),
    maxTurns: number(limits["maxTurns"]) ?? DEFAULT_MAX_TURNS,
    maxOutputTokens: number(limits["maxOutputTokens"]),
    timeout: Math.min(parseDuration(text(limits["timeout"]) ?? "") ?? DEFAULT_TIMEOUT_MS, LONGEST_TIMER_MS),
    usd: number(limits["usd"]),
    requestsPerMinute: number(rates["requestsPerMinute"]),
    tokensPerMinute: number(rates["tokensPerMinute"]),
    price: isObject(written["price"]) ? (written["price"] as unknown as Price) : undefined,
    options: providerOptions(written),
  };
}

function providerOptions(written: JsonObject): JsonObject {
  const options: Record<string, Json> = { ...(isObject(written["options"]) ? written["options"] : {}) };
  for (const key of PROVIDER_KEYS) if (written[key] !== undefined) options[key] = written[key];
  return options;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function number(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
