import fs from "node:fs";
import path from "node:path";
import type { Event } from "../../../src/core/event.js";

/**
 * A project whose stages write down, beside any journal, when they begin and when they are over: what the outside world
 * would have seen of them. `test/work` waits; `test/spend` makes calls that cost a cent each.
 */
export const EFFECT_FILES = {
  "stagecraft.config.yaml": "plugins: [./plugins/effects]\n",
  "plugins/effects/index.mjs": `import fs from "node:fs";
import path from "node:path";
import { definePlugin } from "stagecraft/plugin";
const log = path.join(import.meta.dirname, "../../effects.log");
const say = (what, { run, attempt }) =>
  fs.appendFileSync(log, [what, run.id, run.stage, attempt, process.pid, Date.now()].join(" ") + "\\n");
const usage = { provider: "test", model: "m", inputTokens: 5, outputTokens: 5, estimated: false, usd: 0.01 };
const stage = (name, properties, run) => ({
  kind: "effect", name, title: name, description: "Tells what it does.", examples: ["uses: " + name + "\\nwith: {}\\n"],
  input: { type: "object", additionalProperties: false, properties }, output: { type: "object" },
  async run(input, context) {
    say("begin", context);
    await run(input, context);
    say("end", context);
    return { outputs: {} };
  },
});
export default definePlugin({
  name: "test/effects", version: "1.0.0", apiVersion: 1,
  stages: [
    stage("test/work", { ms: { type: "number" }, on: {} }, ({ ms = 5 }) => new Promise((done) => setTimeout(done, ms))),
    stage("test/spend", { calls: { type: "number" } }, async ({ calls = 1 }, context) => {
      for (let call = 0; call < calls; call++) {
        await context.record("call-" + call, async () => ({ value: call, usage }), usage);
        say("call-" + call, context);
        await new Promise((done) => setTimeout(done, 40));
      }
    }),
  ],
});
`,
};

/** A definition of `lanes` chains side by side, each of `length` stages that take `ms`. */
export function lanesDefinition(id: string, lanes: number, length: number, ms: number): string {
  const stages = Array.from({ length: lanes * length }, (_, at) => {
    const [lane, place] = [at % lanes, Math.floor(at / lanes)];
    const needs = place === 0 ? "" : `needs: [l${lane}x${place - 1}], `;
    return `  l${lane}x${place}: { ${needs}uses: test/work, with: { ms: ${ms} } }`;
  });
  return `apiVersion: stagecraft/v1\nid: ${id}\nversion: "1.0.0"\nstages:\n${stages.join("\n")}\n`;
}

export interface Told {
  readonly what: string;
  readonly run: string;
  readonly stage: string;
  readonly attempt: number;
  readonly pid: number;
  readonly at: number;
}

/** What the effects of a project told, in order. */
export function effectsOf(folder: string): readonly Told[] {
  const file = path.join(folder, "effects.log");
  if (!fs.existsSync(file)) return [];
  return fs
    .readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [what = "", run = "", stage = "", attempt, pid, at] = line.split(" ");
      return { what, run, stage, attempt: Number(attempt), pid: Number(pid), at: Number(at) };
    });
}

/**
 * Faults of one run, by its journal and by what its effects told: a stage that ended twice, one that began again after its
 * end was journaled, and effects seen more often than the journal says they were begun.
 */
export function faultsOf(run: string, events: readonly Event[], told: readonly Told[]): readonly string[] {
  const faults: string[] = [];
  const [ended, begun] = [new Set<string>(), new Map<string, number>()];
  for (const event of events) {
    if (event.type === "stageStarted") {
      if (ended.has(event.stage)) faults.push(`${event.stage} began again after its end`);
      begun.set(event.stage, (begun.get(event.stage) ?? 0) + 1);
    }
    if (event.type !== "stageEnded") continue;
    if (ended.has(event.stage)) faults.push(`${event.stage} ended twice`);
    ended.add(event.stage);
  }
  const seen = new Map<string, number>();
  for (const { stage } of told.filter((line) => line.run === run && line.what === "begin"))
    seen.set(stage, (seen.get(stage) ?? 0) + 1);
  for (const [stage, count] of seen) {
    const allowed = begun.get(stage) ?? 0;
    if (count > allowed) faults.push(`${stage} was seen to begin ${count} times, the journal has ${allowed}`);
  }
  return faults;
}
