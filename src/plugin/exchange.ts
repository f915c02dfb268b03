/** What is said to a model, and what it answers. */
import type { Usage } from "../core/event.js";
import type { Json, JsonObject, JsonSchema } from "../core/json.js";

/** One turn of a conversation with a model. */
export type AgentMessage =
  | { readonly role: "user"; readonly content: string; readonly attachments?: readonly AgentAttachment[] }
  | { readonly role: "assistant"; readonly content: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: "tool"; readonly toolCallId: string; readonly name: string; readonly content: string };

/** A file that goes with a message. As JSON it is what names it, without its bytes. */
export interface AgentAttachment {
  readonly name: string;
  /** Such as `image/png`. */
  readonly mediaType: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** The very bytes of that hash. @throws StageError `attachment-changed` */
  read(): Promise<Uint8Array>;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Json;
}

export interface AgentRequest {
  readonly agent: string;
  readonly model?: string;
  readonly instructions: string;
  /** What the stage passed, beside its rendering in `messages`. */
  readonly input: Json;
  readonly messages: readonly AgentMessage[];
  readonly output?: JsonSchema;
  readonly examples: readonly { readonly input: Json; readonly output: Json }[];
  readonly tools: readonly { readonly name: string; readonly description: string; readonly input: JsonSchema }[];
  readonly maxOutputTokens?: number;
  /** The agent's own keys that only its provider knows, such as `api`. */
  readonly options: JsonObject;
}

export interface AgentReply {
  readonly text: string;
  /** The structured answer when `output` was asked for; not yet validated. */
  readonly output?: Json;
  readonly toolCalls: readonly ToolCall[];
  readonly usage: Usage;
  readonly warnings?: readonly string[];
}
