import type OpenAI from "openai";
import { type JsonObject, type StageContext, StageError } from "stagecraft/plugin";
import { cappedFetch } from "./capped-fetch.js";
import type { Place } from "./errors.js";

const LONGEST_TIMER_MS = 2 ** 31 - 1;
const OFFICIAL = "https://api.openai.com/v1";

export interface Connection {
  readonly client: OpenAI;
  readonly place: Place;
  /** OpenAI itself answers, so its list prices hold. */
  readonly official: boolean;
}

/** Who is asked, and whether OpenAI itself is. */
export function serverOf(options: JsonObject, context: StageContext): { baseURL: string; official: boolean } {
  const baseURL = text(options["baseUrl"]) ?? context.env("OPENAI_BASE_URL") ?? OFFICIAL;
  return { baseURL, official: new URL(baseURL).host === new URL(OFFICIAL).host };
}

/**
 * Who is asked, with which key. The key of OPENAI_API_KEY goes to OpenAI or OPENAI_BASE_URL only: an agent
 * with its own `baseUrl` names its key with `apiKeyEnv`.
 * @throws StageError `provider-no-key`
 */
export async function connect(options: JsonObject, context: StageContext): Promise<Connection> {
  const own = text(options["baseUrl"]);
  const { baseURL, official } = serverOf(options, context);
  const variable = text(options["apiKeyEnv"]) ?? (own === undefined ? "OPENAI_API_KEY" : undefined);
  const key = variable === undefined ? "" : (context.env(variable) ?? "");
  if (key === "" && (official || options["apiKeyEnv"] !== undefined)) {
    throw new StageError("provider-no-key", `the environment variable ${variable ?? "OPENAI_API_KEY"} is not set`);
  }
  // 300 ms and 20 MB: only a run that asks OpenAI pays for it.
  const { default: Client } = await import("openai");
  const client = new Client({
    // The package insists on a key where a local server wants none.
    apiKey: key === "" ? "none" : key,
    baseURL,
    organization: official ? (context.env("OPENAI_ORG_ID") ?? null) : null,
    project: official ? (context.env("OPENAI_PROJECT_ID") ?? null) : null,
    // Its own retry sleeps through an abort; the engine retries, and the journal knows.
    maxRetries: 0,
    // How long an answer may take is the agent's to say.
    timeout: LONGEST_TIMER_MS,
    fetch: cappedFetch,
    logLevel: "off",
  });
  return { client, place: { host: new URL(baseURL).host, key }, official };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
