import type { JsonObject, JsonSchema } from "../core/json.js";

/** Where a project's secrets lie that are neither in its environment nor in its folder. */
export interface SecretsProvider {
  /** What `secrets: { provider }` in the project file names. */
  readonly name: string;
  /** Of `secrets: { settings }`. */
  readonly settings: JsonSchema;
  /** Undefined: it has no such secret. Asked when a run needs it; what it throws stops that run and nothing else. */
  get(name: string, settings: JsonObject): Promise<string | undefined>;
}
