import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { parseDuration } from "../../src/core/duration.js";
import type { Event, RunStatus } from "../../src/core/event.js";
import type { Json, JsonObject } from "../../src/core/json.js";
import type { Plan } from "../../src/core/plan.js";
import { checkInputs, readDefinition } from "../../src/definition/index.js";
import { Engine } from "../../src/engine/engine.js";
import { Registry } from "../../src/plugin/registry.js";
import { begin, StepClock, settle, type TestHost, testHost } from "../support/host.js";
import { fullRegistry, lines } from "../support/reading.js";
import { byClock, workPlugin } from "./work.js";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** What a definition says about itself under `x-pattern`. */
export interface Pattern {
  readonly file: string;
  readonly text: string;
  readonly number: number;
  readonly construct: string;
  readonly cases: readonly Case[];
}

export interface Case {
  readonly name: string;
  readonly inputs?: JsonObject;
  /** Events from outside, each `at` so long after the start. */
  readonly events?: readonly { readonly at: string; readonly name: string; readonly data?: Json }[];
  /** How the run ends; without it, `succeeded`. */
  readonly status?: RunStatus;
  /**
   * Every instance of a `work` stage, in order of their starts: `0-1` is from second 0 to second 1. What did not succeed is
   * said behind it (`0-1 cancelled`); what never started has its outcome alone (`omitted`).
   */
  readonly work: Readonly<Record<string, string>>;
  /** Outcomes of further stages. */
  readonly outcomes?: Readonly<Record<string, string>>;
}

/** Every pattern that has a definition, by number; two may share a number. */
export function patterns(): readonly Pattern[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".workflow.yaml"));
  return files
    .map((file) => {
      const text = readFileSync(join(FOLDER, file), "utf8");
      return { file, text, ...(parse(text)["x-pattern"] as Omit<Pattern, "file" | "text">) };
    })
    .filter(({ number }) => number !== undefined)
    .sort((a, b) => a.number - b.number);
}

/** What one case came to, in the words a case says what it expects. */
export interface Outcome {
  readonly status: RunStatus | undefined;
  readonly work: Readonly<Record<string, string>>;
  readonly outcomes: Readonly<Record<string, string>>;
}

/** Runs a case through the real reader and engine on virtual time. @throws Error when the definition has a finding */
export async function runCase(pattern: Pattern, { inputs = {}, events = [] }: Case): Promise<Outcome> {
  const clock = new StepClock();
  const registry = new Registry([...(await shipped()), workPlugin(byClock(clock))]);
  const host = testHost([], { clock, registry });
  const plan = planOf(pattern, registry);
  const checked = checkInputs(plan.workflow, inputs);
  if (checked.issues.length > 0) throw new Error(checked.issues.map(({ message }) => message).join("\n"));
  const engine = new Engine(host);
  const run = await begin(engine, plan, checked.values);
  const startedAt = clock.now();
  for (const { at, name, data = {} } of events) {
    clock.at(startedAt + (parseDuration(at) as number), () => {
      void host.store.post(run, { type: "event", name, data, by: "outside" }, clock.now());
    });
  }
  await drive(engine, host, run);
  const recorded = (await host.store.readEvents(run)).map(({ event }) => ({ ...event, at: event.at - startedAt }));
  return outcomeOf((await host.store.getRun(run))?.status, recorded, plan);
}

async function shipped() {
  const { stages } = await fullRegistry();
  return [{ name: "shipped", version: "1.0.0", apiVersion: 1 as const, stages: [...stages.values()] }];
}

function planOf({ file, text }: Pattern, registry: Registry): Plan {
  const resolveWorkflow = (id: string) => {
    const path = join(FOLDER, `${id}.workflow.yaml`);
    return existsSync(path) ? { file: path, text: readFileSync(path, "utf8") } : undefined;
  };
  const host = { registry, readFile: () => undefined, resolveWorkflow, knownWorkflows: [] };
  const { plan, diagnostics } = readDefinition({ file, text }, host);
  if (plan === undefined || diagnostics.length > 0) throw new Error(lines(diagnostics).join("\n"));
  return plan;
}

/** Time moves only when nothing is left to do at the time it is; what was posted is read before it moves on. */
async function drive(engine: Engine, host: TestHost, run: string): Promise<void> {
  for (;;) {
    let isDriven = true;
    void engine.drive(run, { patience: Number.MAX_SAFE_INTEGER }).then(() => {
      isDriven = false;
    });
    for (;;) {
      await settle();
      while (isDriven && (await host.store.inbox(run)).length > 0) await settle();
      if (!isDriven) break;
      const { next } = host.clock;
      if (next === undefined) throw new Error("nothing will ever happen");
      host.clock.set(next);
    }
    if ((await host.store.getRun(run))?.endedAt !== null) return;
    const { next } = host.clock;
    if (next === undefined) return;
    host.clock.set(next);
  }
}

/** @param events with times since the start: milliseconds */
export function outcomeOf(status: RunStatus | undefined, events: readonly Event[], plan: Plan): Outcome {
  const started = new Map<string, number>();
  const ended = new Map<string, { readonly at: number; readonly outcome: string }>();
  for (const event of events) {
    const at = event.at / 1_000;
    if (event.type === "stageStarted" && !started.has(event.stage)) started.set(event.stage, at);
    if (event.type === "stageEnded") ended.set(event.stage, { at, outcome: event.outcome });
  }
  const works = worksOf(plan);
  const isWork = (path: string) => {
    const [, id = "", instance = ""] = /^(\w+)([[#].*)?(?:~\d+)?$/.exec(path.split("/").at(-1) as string) ?? [];
    return works.get(id) === (instance !== "");
  };
  const work: Record<string, string> = {};
  for (const [path, from] of started) {
    const end = ended.get(path);
    const how = end?.outcome === "succeeded" ? "" : ` ${end?.outcome}`;
    work[path] = `${from}-${end?.at}${how}`;
  }
  for (const [path, { outcome }] of ended) if (isWork(path)) work[path] ??= outcome;
  const outcomes = Object.fromEntries([...ended].map(([path, { outcome }]) => [path, outcome]));
  return { status, work, outcomes };
}

/** Ids of the stages that use `work`, at any depth; true: it is their items or iterations that work. */
function worksOf(plan: Plan): Map<string, boolean> {
  const found = new Map<string, boolean>();
  const visit = (graph: Plan["workflow"]["graph"] | undefined) => {
    for (const stage of graph?.stages ?? []) {
      if (stage.uses === "work") found.set(stage.id, stage.forEach !== undefined || stage.repeat !== undefined);
      visit(stage.graph);
    }
  };
  for (const workflow of [plan.workflow, ...Object.values(plan.called)]) {
    visit(workflow.graph);
    visit(workflow.finally);
  }
  return found;
}
