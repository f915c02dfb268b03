/** Words of other tools and languages, and what to write here. */

/** Our keys, and what others call them. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  needs: ["depends", "dependsOn", "depends_on", "dependencies", "after", "runAfter", "run_after"],
  if: ["when", "condition", "conditions", "runIf", "only", "unless"],
  stages: ["steps", "jobs", "tasks", "nodes", "states", "activities"],
  uses: ["type", "kind", "action", "stage", "plugin"],
  with: ["params", "parameters", "args", "arguments", "input", "config", "options"],
  title: ["name", "label", "displayName", "display_name"],
  retry: ["retries", "retryPolicy", "retry_policy", "attempts", "maxRetries", "max_attempts", "maxTries"],
  timeout: ["timeoutSeconds", "timeout_seconds", "timeoutMs", "timeoutMinutes", "timeout-minutes", "deadline"],
  forEach: ["foreach", "for_each", "map", "loop", "matrix", "withItems", "with_items"],
  onError: ["on_error", "catch", "onFailure", "on_failure", "errorHandler", "continueOnError", "continue-on-error"],
  repeat: ["while", "until", "doWhile", "repeatUntil"],
  compensate: ["undo", "rollback", "compensation", "compensateWith", "saga"],
  outputs: ["output", "result", "results", "returns"],
  idempotencyKey: ["idempotency_key", "dedupeKey"],
  triggers: ["on", "schedule", "schedules", "cron"],
  rulesets: ["rules", "decisions", "decisionTables", "tables"],
  hit: ["hitPolicy", "hit_policy"],
  items: ["in", "list", "over", "values", "from"],
  maxAttempts: ["max", "times", "limit", "count", "maxRetries", "max_attempts", "maxTries"],
  maxIterations: ["max", "times", "limit", "count"],
  expires: ["timeout", "deadline", "expiresIn", "ttl"],
  duration: ["for", "sleep", "delay", "timeout", "seconds"],
  approvers: ["approver", "assignees", "reviewers", "users"],
  value: ["on", "expression", "field"],
  url: ["uri", "endpoint", "address"],
  instructions: ["prompt", "system", "systemPrompt", "system_prompt", "role", "persona"],
  event: ["name", "type", "topic", "signal"],
  data: ["payload", "body", "message"],
  cron: ["schedule", "cronExpression", "cron_expression", "every", "at"],
  concurrency: ["parallelism", "maxParallel", "maxConcurrency", "max_concurrency", "workers"],
  database: ["from", "db", "connection"],
  message: ["text", "body", "content"],
  delay: ["interval", "wait", "backoffMs", "initialDelay"],
  json: ["data", "payload"],
  workflow: ["id", "ref", "definition"],
  state: ["variables", "vars", "context", "env"],
  maxParallel: ["parallelism", "max_parallel", "maxConcurrency"],
  finally: ["always", "onExit", "cleanup"],
};

/** Our keys for a key of another tool: which of these is meant, the place says. */
export function keysElsewhere(word: string): readonly string[] {
  return Object.keys(KEYS).filter((ours) => KEYS[ours]?.includes(word));
}

/** Whether `word` is one of our keys that others call otherwise. */
export function isRenamed(word: string): boolean {
  return Object.hasOwn(KEYS, word);
}

/** Keys for which there is none here. */
const HELP: Readonly<Record<string, string>> = {
  parallel:
    "stages run in parallel by themselves, ordered with `needs`; items of a `forEach` as its `concurrency` says",
  run: "there is no `run`: name a stage type with `uses` and its input under `with`",
  script: "there is no `script`: name a stage type with `uses` and its input under `with`",
  next: "edges are named by the stage that waits: put `needs` on the next stage",
  goto: "edges are named by the stage that waits: put `needs` on the next stage; loop with `repeat`",
  spec: "what stands in it stands at the top of the file here",
  metadata: "`id`, `version` and `title` stand at the top of the file",
  kind: "a workflow has no `kind`; a test has `kind: WorkflowTest`, in a file that ends in .test.yaml",
  else: "a stage that is to run otherwise has an `if` of its own, or needs another case of a `switch`",
  "<<": "YAML 1.2 has no merge keys: write the keys out, or use `defaults`",
};

/** What to do instead of a key for which there is none here. */
export function helpInstead(key: string): string | undefined {
  return Object.hasOwn(HELP, key) ? HELP[key] : undefined;
}

/** Our words for values that people know from elsewhere; where several are meant, the place says which. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  succeeded: ["success", "succeed", "ok", "completed", "complete", "passed"],
  failed: ["fail", "failure", "error", "errored"],
  cancelled: ["cancel", "canceled", "aborted"],
  skipped: ["skip"],
  skip: ["continue", "ignore", "next"],
  fail: ["abort", "stop", "exit", "throw"],
  pause: ["wait", "hold", "ask"],
  rollback: ["undo", "compensate", "revert"],
  fixed: ["linear", "constant", "static"],
  full: ["true", "yes", "random"],
  approved: ["approve", "accepted", "accept", "yes", "true"],
  rejected: ["reject", "denied", "deny", "declined", "no", "false"],
  expired: ["expire", "timeout", "timedOut"],
};

/** Which of `allowed` a value of another tool means. */
export function valueMeant(word: string, allowed: readonly string[]): string | undefined {
  return allowed.find((ours) => Object.hasOwn(VALUES, ours) && VALUES[ours]?.includes(word));
}

/** Other languages' words for the types of JSON Schema. */
export const OTHER_TYPES: ReadonlyMap<string, string> = new Map([
  ...["text", "str", "char", "varchar"].map((word): [string, string] => [word, "string"]),
  ...["int", "long", "whole"].map((word): [string, string] => [word, "integer"]),
  ...["float", "double", "decimal", "money", "num", "amount"].map((word): [string, string] => [word, "number"]),
  ["bool", "boolean"],
  ...["list", "tuple", "set"].map((word): [string, string] => [word, "array"]),
  ...["map", "dict", "mapping", "record", "struct", "json"].map((word): [string, string] => [word, "object"]),
  ["date", "string, format: date"],
  ...["datetime", "date-time", "timestamp"].map((word): [string, string] => [word, "string, format: date-time"]),
  ["duration", "string, format: duration"],
  ["email", "string, format: email"],
  ["uuid", "string, format: uuid"],
  ...["url", "uri"].map((word): [string, string] => [word, "string, format: uri"]),
  ["enum", "string, enum: [ … ]"],
]);
