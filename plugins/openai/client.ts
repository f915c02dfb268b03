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

/** Who is asked: OpenAI itself, or who else, and where that is said. */
interface Server {
  readonly baseURL: string;
  readonly official: boolean;
  readonly saidBy: string;
}

/** @throws StageError `provider-address` */
export function serverOf(options: JsonObject, context: StageContext): Server {
  const own = text(options["baseUrl"]);
  const baseURL = own ?? context.env("OPENAI_BASE_URL") ?? OFFICIAL;
  const saidBy = own === undefined ? "OPENAI_BASE_URL" : "the agent's baseUrl";
  const url = URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username + url.password !== "") {
    // It is not repeated: what stands there by mistake may be a key.
    const form = "such as http://localhost:11434/v1, with neither user nor password in it";
    throw new StageError("provider-address", `${saidBy} is no address of a server: write it ${form}`, { isFree: true });
  }
  return { baseURL, saidBy, official: url.host === new URL(OFFICIAL).host };
}

/**
 * Who is asked, with which key. The key of OPENAI_API_KEY goes to OpenAI or OPENAI_BASE_URL only: an agent
 * with its own `baseUrl` names its key with `apiKeyEnv`.
 * @throws StageError `provider-no-key`, `provider-address`
 */
export async function connect(options: JsonObject, model: string, context: StageContext): Promise<Connection> {
  const { baseURL, official, saidBy } = serverOf(options, context);
  const own = text(options["baseUrl"]);
  const variable = text(options["apiKeyEnv"]) ?? (own === undefined ? "OPENAI_API_KEY" : undefined);
  const key = variable === undefined ? "" : (context.env(variable) ?? "");
  if (key === "" && (official || options["apiKeyEnv"] !== undefined)) throw noKey(variable ?? "OPENAI_API_KEY");
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
  return { client, place: { url: new URL(baseURL), saidBy, key, variable, model }, official };
}

function noKey(variable: string): StageError {
  const ways = "set it, or OPENAI_BASE_URL for another server, or ask the extractor with --provider embedded";
  const message = `the environment variable ${variable} is not set, and the model asks for a key: ${ways}`;
  return new StageError("provider-no-key", message, { isFree: true });
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
