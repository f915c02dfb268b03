import { createHash } from "node:crypto";
import { fold } from "../core/apply.js";
import { StagecraftError } from "../core/errors.js";
import type { Recorded } from "../core/event.js";
import type { Json, JsonSchema } from "../core/json.js";
import type { Plan } from "../core/plan.js";
import type { RunState } from "../core/state.js";
import type { TestCase } from "../definition/index.js";
import { Engine } from "../engine/engine.js";
import { maskFor } from "../engine/mask.js";
import type { Host, RunRow, Store } from "../engine/ports.js";
import { openEvents } from "../engine/redacted-run.js";
import { type VirtualClock, virtualClock } from "../engine/virtual-clock.js";
import type { Registry } from "../plugin/registry.js";
import { memoryStore } from "../store/memory/store.js";
import type { People } from "./decisions.js";
import { type Driving, driveToRest, TestStuck } from "./drive.js";
import { compare } from "./expect.js";
import { mockedPlan } from "./mocked-plan.js";
import { mockedRegistry, type Unmocked } from "./mocks.js";
import type { Problem } from "./problem.js";
import { createScript } from "./script.js";
import { createWork } from "./work.js";

/** What running a case needs of the project. */
export interface TestParts {
  readonly registry: Registry;
  readonly people: People;
  validate(schema: JsonSchema, value: Json): string | undefined;
  /** @throws StageError `path-outside-project` */
  file(path: string): string;
}

/** How a case went. Without `state` its run could not be read. */
export interface CaseRun {
  readonly problems: readonly Problem[];
  readonly state?: RunState;
  /** As it was left; virtual time. */
  readonly row?: RunRow;
  readonly events: readonly Recorded[];
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Runs one case with the engine itself, on a store and a clock of its own. Never throws for what the case does. */
export async function runCase(plan: Plan, test: TestCase, parts: TestParts): Promise<CaseRun> {
  const clock = virtualClock(test.now);
  const work = createWork(clock);
  const store = watched(memoryStore(), work.happened);
  const { registry, unmocked, mocked } = mockedRegistry(parts.registry, test, clock, work, maskOf(plan));
  const tested = mockedPlan(plan, Object.keys(test.mocks));
  const engine = new Engine(hostOf(parts, registry, store, clock), { drivesDetached: false });
  const events: Recorded[] = [];
  const problems: Problem[] = [];
  const at = [...test.path, "name"];
  let run: string | undefined;
  try {
    run = await start(engine, tested, test, clock);
    const script = createScript(test, run, store, clock, parts.people);
    const listener: Driving["listener"] = (_, heard) => {
      events.push(...heard);
      script.hear(heard);
    };
    await driveToRest({ engine, run, store, clock, work, script, listener });
    problems.push(...script.problems());
  } catch (error) {
    if (!(error instanceof StagecraftError || error instanceof TestStuck)) throw error;
    problems.push({ code: error.code, path: at, message: `the run cannot go on: ${error.message}` });
  }
  const listed = run === undefined ? undefined : await store.getRun(run);
  if (run === undefined || listed === undefined) return { problems, events };
  const recorded = await openEvents(store, tested, run, await store.readEvents(run));
  const state = fold(
    tested,
    recorded.map(({ event }) => event),
  );
  const row = { ...listed, outputs: state.end?.outputs ?? listed.outputs };
  // What follows from a test that is not whole need not be said.
  const faults = [...unmockedProblems(unmocked, test, at), ...invalidMocks(recorded, mocked, test)];
  if (faults.length > 0) return { problems: faults, state, row, events: recorded };
  // Nor what follows from a run that broke off.
  if (!problems.some(({ path }) => path === at)) problems.push(...compare(test, state, row, recorded));
  return { problems, state, row, events: recorded };
}

async function start(engine: Engine, plan: Plan, test: TestCase, clock: VirtualClock): Promise<string> {
  const { id, version } = plan.workflow;
  const stored = { hash: sha256(JSON.stringify(plan)), id, version, source: "", plan, at: clock.now() };
  const { run } = await engine.start(stored, { inputs: test.inputs, by: "test", provider: "embedded" });
  return run.id;
}

/** Takes out what stands for secrets in tests: a recording has none in it either. */
function maskOf({ workflow, called }: Plan) {
  return maskFor([workflow, ...Object.values(called)].flatMap(({ secrets }) => secrets.map(madeUp)));
}

function madeUp(secret: string): string {
  return `test-${secret}`;
}

/** Nothing of the environment gets in: secrets are made up, no variable is set. */
function hostOf(parts: TestParts, registry: Registry, store: Store, clock: VirtualClock): Host {
  let runs = 0;
  return {
    store,
    clock,
    registry,
    secrets: { get: async (name) => madeUp(name) },
    owner: { name: "test", isDead: () => false },
    log: quiet,
    concurrency: 1_000,
    validate: parts.validate,
    newId: () => `test-run${runs++ === 0 ? "" : `-${runs}`}`,
    sha256,
    file: parts.file,
    env: () => undefined,
  };
}

function watched(store: Store, happened: () => void): Store {
  return {
    ...store,
    commit(entries) {
      happened();
      return store.commit(entries);
    },
  };
}

function unmockedProblems(unmocked: readonly Unmocked[], { mocks }: TestCase, path: Problem["path"]): Problem[] {
  const byStage = new Map(unmocked.map((found) => [found.stage, found]));
  return [...byStage.values()].map(({ stage, uses }) => {
    const example = `mocks: { ${JSON.stringify(stage).slice(1, -1)}: [{ outputs: { … } }] }`;
    const known = Object.keys(mocks).length === 0 ? "" : ` (mocked are ${Object.keys(mocks).join(", ")})`;
    const message = `${stage} would perform ${uses}, which a test does not`;
    return { code: "unmocked-effect", path, message, help: `say what comes of it: ${example}${known}` };
  });
}

/** Mocks are held to what their stage type promises: a wrong one would prove nothing. */
function invalidMocks(events: readonly Recorded[], mocked: ReadonlyMap<string, string>, test: TestCase): Problem[] {
  return events.flatMap(({ event }) => {
    if (event.type !== "attemptFailed" && event.type !== "stageEnded") return [];
    const address = mocked.get(event.stage);
    if (address === undefined || event.error?.code !== "invalid-output") return [];
    const message = `the mock of ${event.stage} is not what its stage type gives: ${event.error.message}`;
    return [{ code: "invalid-mock", path: [...test.path, "mocks", address], atKey: true, message }];
  });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
