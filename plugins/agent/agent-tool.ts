import type { Json, JsonObject, JsonSchema, StageContext } from "stagecraft/plugin";

/** A tool as a conversation uses it, wherever it comes from. */
export interface AgentTool {
  readonly name: string;
  readonly description: string;
  readonly input: JsonSchema;
  run(input: JsonObject, context: StageContext): Promise<Json>;
}

/** All tools of an agent; there are no others. */
export interface Toolbox {
  readonly tools: readonly AgentTool[];
  close(): Promise<void>;
}
