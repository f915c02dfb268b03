import type { JsonObject, JsonSchema } from "../core/json.js";

/** Who is who, kept outside the project: a company's directory, a file that somebody else writes. */
export interface Directory {
  /** What `identities: { directory: { provider } }` in the project file names. */
  readonly name: string;
  /** Of `identities: { directory: { settings } }`. */
  readonly settings: JsonSchema;
  /**
   * Undefined: it knows no such person, which is an answer. Asked at each decision, never remembered. What it throws, and
   * a silence of ten seconds, means that it cannot say: then nobody decides anything.
   */
  find(user: string, settings: JsonObject, context: DirectoryContext): Promise<DirectoryPerson | undefined>;
}

export interface DirectoryContext {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Of the project's secrets: what the directory itself is asked with. */
  secret(name: string): Promise<string | undefined>;
}

export interface DirectoryPerson {
  /** The one name that decisions are kept under, whatever name was asked for: two names would be two people. */
  readonly user: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  /** Names of those in whose place this person may decide now. */
  readonly actsFor?: readonly string[];
  /** The account of the operating system that may act as this person on the command line; without it any account may. */
  readonly osUser?: string;
}

/** Where a project's secrets lie that are neither in its environment nor in its folder. */
export interface SecretsProvider {
  /** What `secrets: { provider }` in the project file names. */
  readonly name: string;
  /** Of `secrets: { settings }`. */
  readonly settings: JsonSchema;
  /** Undefined: it has no such secret. Asked when a run needs it; what it throws stops that run and nothing else. */
  get(name: string, settings: JsonObject): Promise<string | undefined>;
}
