/** What a stage type is told of a stage before any run, and what it finds there. */
import type { Issue } from "../core/diagnostic.js";
import type { JsonObject } from "../core/json.js";

/** What is known of a stage before it runs. `with` is as written, expressions unevaluated. */
export interface StageInfo {
  readonly with: JsonObject;
  readonly agents: Readonly<Record<string, JsonObject>>;
  readonly rulesets: Readonly<Record<string, JsonObject>>;
  /** Names the registry knows; absent where nobody looked them up, and then nothing is said about them. */
  readonly providers?: readonly string[];
  readonly tools?: readonly string[];
  readonly notifiers?: readonly string[];
}

/** A finding of a stage type's own check, at a path below the stage, such as `["with", "ruleset"]`. */
export interface StageIssue extends Issue {
  readonly path: readonly (string | number)[];
  /** The path starts at the definition instead: `["agents", "clerk", "output"]`. Said once however many stages say it. */
  readonly atRoot?: boolean;
  /** The place is the key rather than its value. */
  readonly atKey?: boolean;
}

/** A text outside `with` that a stage fills in before it uses it. */
export interface StageTemplate {
  /** Where it is written, from the definition's top: `["agents", "clerk", "instructions"]`. */
  readonly path: readonly (string | number)[];
  readonly text: string;
  /** All that its expressions can name: each with the field of `with` it stands for, null where that is not given. */
  readonly names: Readonly<Record<string, string>>;
}
