import { beforeAll, describe, expect, it } from "vitest";
import type { Registry } from "../../src/plugin/registry.js";
import { fullRegistry, readText } from "../support/reading.js";

let registry: Registry;
beforeAll(async () => {
  registry = await fullRegistry();
});

const NAMES = [
  "inputs",
  "state",
  "run",
  "stages",
  "trigger",
  "item",
  "index",
  "repeat",
  "result",
  "error",
  "results",
  "secrets",
] as const;
type Name = (typeof NAMES)[number];

const ALWAYS: readonly Name[] = ["inputs", "state", "run", "stages", "trigger"];
const OWN: readonly Name[] = [...ALWAYS, "item", "index"];

/** Each key that holds expressions: a definition with one there, and what it may name. */
const PLACES: readonly (readonly [key: string, definition: (expression: string) => string, may: readonly Name[]])[] = [
  ["if", (x) => each(`if: "${x}"`), ALWAYS],
  ["forEach.items", (x) => stage(`forEach: { items: "${x}" }`), ALWAYS],
  ["forEach.key", (x) => stage(`forEach: { items: [1], key: "${x}" }`), OWN],
  ["forEach.completeWhen", (x) => stage(`forEach: { items: [1], completeWhen: "${x}" }`), [...ALWAYS, "results"]],
  ["with", (x) => each(`outputs: { a: 1 }`, x), [...OWN, "secrets"]],
  ["idempotencyKey", (x) => each(`idempotencyKey: "${x}"`), OWN],
  ["cache.key", (x) => each(`cache: { key: "${x}", ttl: 1h }`), OWN],
  ["concurrency.group", (x) => each(`concurrency: { group: "${x}" }`), OWN],
  ["rateLimit.group", (x) => each(`rateLimit: { group: "${x}", limit: 1, per: 1m }`), OWN],
  ["retry.if", (x) => each(`retry: { maxAttempts: 2, if: "${x}" }`), [...OWN, "error"]],
  ["onError.if", (x) => each(`onError: [{ if: "${x}", do: skip }]`), [...OWN, "error"]],
  ["onError.outputs", (x) => each(`onError: [{ do: skip, outputs: { a: "${x}" } }]`), [...OWN, "error"]],
  ["outputs", (x) => each(`outputs: { a: "${x}" }`), [...OWN, "result"]],
  ["set", (x) => each(`set: { any: "${x}" }`), [...OWN, "result"]],
  [
    "compensate.with",
    (x) => each(`compensate: { uses: notify, with: { via: console, message: x, data: "${x}" } }`),
    [...OWN, "result", "secrets"],
  ],
  ["repeat.until", (x) => stage(`repeat: { until: "${x}", maxIterations: 2 }`), [...ALWAYS, "repeat", "result"]],
  ["outputs of the run", (x) => `${stage("")}\noutputs: { a: "${x}" }`, ALWAYS],
  ["idempotencyKey of the run", (x) => `${stage("")}\nidempotencyKey: "${x}"`, ["inputs", "run", "trigger"]],
  ["concurrency of the run", (x) => `${stage("")}\nconcurrency: { group: "${x}" }`, ["inputs", "run", "trigger"]],
];

describe("names in scope", () => {
  it.each(PLACES)("in `%s` are those that are there by then, and no other", (_, definition, may) => {
    const readable = NAMES.filter((name) => !withheld(definition(`\${{ ${name} }}`)));
    expect(readable).toEqual(NAMES.filter((name) => may.includes(name)));
  });
});

/** Whether the definition is told that a name cannot be read; what else is wrong with it does not count. */
function withheld(definition: string): boolean {
  const text = `apiVersion: stagecraft/v1\nid: names\nversion: "1.0.0"\nstate: { any: {} }\nsecrets: [KEY]\n${definition}`;
  const codes = readText({ file: "names", text }, registry).diagnostics.map(({ code }) => code);
  expect(codes).not.toContain("yaml-syntax");
  return codes.includes("name-not-available");
}

function stage(words: string, data = "x"): string {
  const rest = words === "" ? "" : `\n    ${words}`;
  return `stages:\n  one:\n    uses: notify\n    with: { via: console, message: x, data: "${data}" }${rest}`;
}

/** A stage that is there once for each item. */
function each(words: string, data?: string): string {
  return stage(`forEach: { items: [1] }\n    ${words}`, data);
}
