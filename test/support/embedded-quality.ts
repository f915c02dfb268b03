import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { answer } from "../../plugins/embedded/answer.js";
import { isObject, type Json, type JsonObject, type JsonSchema } from "../../src/core/json.js";

interface Labelled {
  readonly title: string;
  readonly output: JsonSchema;
  readonly cases: readonly {
    readonly name: string;
    /** Written beforehand and never looked at while the extractor was tuned. */
    readonly held?: boolean;
    readonly input: Json;
    readonly expect: JsonObject;
  }[];
}

interface Miss {
  readonly where: string;
  readonly held: boolean;
  readonly expected: Json;
  readonly got: Json;
}

interface Figures {
  readonly sets: readonly {
    readonly name: string;
    readonly cases: number;
    readonly tuned: Score;
    readonly held: Score;
  }[];
  readonly misses: readonly Miss[];
}

interface Score {
  right: number;
  all: number;
}

const FOLDER = fileURLToPath(new URL("../fixtures/embedded/", import.meta.url));

export function labelledSets(): { readonly name: string; readonly set: Labelled }[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => ({
    name: file.replace(".json", ""),
    set: JSON.parse(readFileSync(FOLDER + file, "utf8")) as Labelled,
  }));
}

/** Fields right of fields labelled, by set, apart for tuned and held-out cases. */
export function measure(): Figures {
  const misses: Miss[] = [];
  const sets = labelledSets().map(({ name, set }) => {
    const tuned: Score = { right: 0, all: 0 };
    const held: Score = { right: 0, all: 0 };
    for (const one of set.cases) {
      const got = extract(set.output, one.input);
      const score = one.held === true ? held : tuned;
      for (const [field, expected] of Object.entries(one.expect)) {
        const value = got[field] ?? null;
        score.all += 1;
        if (agrees(value, expected)) score.right += 1;
        else misses.push({ where: `${name}/${one.name}/${field}`, held: one.held === true, expected, got: value });
      }
    }
    return { name, cases: set.cases.length, tuned, held };
  });
  return { sets, misses };
}

export function extract(output: JsonSchema, input: Json): JsonObject {
  const request = {
    agent: "clerk",
    instructions: "",
    input,
    messages: [],
    output,
    examples: [],
    tools: [],
    options: {},
  };
  return answer(request).output as JsonObject;
}

/** `{ contains }` and `{ between }` are for texts and scores; anything else must be equal. */
function agrees(got: Json, expected: Json): boolean {
  if (isObject(expected) && typeof expected["contains"] === "string") {
    return JSON.stringify(got).toLowerCase().includes(expected["contains"].toLowerCase());
  }
  if (isObject(expected) && Array.isArray(expected["between"])) {
    const [low, high] = expected["between"] as [number, number];
    return typeof got === "number" && got >= low && got <= high;
  }
  return JSON.stringify(got) === JSON.stringify(expected);
}

const START = "<!-- figures: written by scripts/embedded-quality.mjs -->";
const END = "<!-- end of figures -->";

export function renderFigures({ sets }: Figures): string {
  const rows = sets.map(({ name, cases, tuned, held }) => `| ${name} | ${cases} | ${show(tuned)} | ${show(held)} |`);
  const total = (part: "tuned" | "held"): Score => ({
    right: sets.reduce((sum, set) => sum + set[part].right, 0),
    all: sets.reduce((sum, set) => sum + set[part].all, 0),
  });
  const cases = sets.reduce((sum, set) => sum + set.cases, 0);
  return [
    "| set | cases | fields right, tuned on | fields right, held out |",
    "| --- | --- | --- | --- |",
    ...rows,
    `| all | ${cases} | ${show(total("tuned"))} | ${show(total("held"))} |`,
  ].join("\n");
}

export function replaceFigures(page: string, figures: string): string {
  return `${page.slice(0, page.indexOf(START) + START.length)}\n${figures}\n${page.slice(page.indexOf(END))}`;
}

function show({ right, all }: Score): string {
  return `${right} of ${all} (${((100 * right) / all).toFixed(1)} %)`;
}
