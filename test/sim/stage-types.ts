import { type JsonSchema, StageError, type StageType } from "../../src/plugin/api.js";
import type { Chance } from "./chance.js";
import type { Odds } from "./odds.js";
import type { WorldTime } from "./time.js";
import type { Witness } from "./witness.js";

const ANY: JsonSchema = { type: "object" };
const about = { title: "Scripted", description: "Scripted.", input: ANY, output: ANY };

/** What the stages of one process reach for. */
export interface Reach {
  readonly world: WorldTime;
  readonly chance: Chance;
  readonly witness: Witness;
  odds(): Odds;
  /** The process's own clock: what it takes for the time. */
  clock(): number;
  performed(stage: string, idempotencyKey: string): void;
}

/** Effects that take random time and end at random; each looks, before it begins, whether it may. */
export function scriptedTypes(reach: Reach): readonly StageType[] {
  const effect = (name: string, startedBy: "stageStarted" | "compensationStarted"): StageType => ({
    ...about,
    name,
    kind: "effect",
    run: async (_input, { run, attempt, idempotencyKey, signal }) => {
      mayBegin(reach, run.id, run.stage, attempt, startedBy);
      reach.performed(run.stage, idempotencyKey);
      return { outputs: await answer(reach, signal) };
    },
  });
  return [effect("work", "stageStarted"), effect("undo", "compensationStarted"), ...waits, ...pures];
}

/** The output-commit rule: what begins was written down before, and nothing finished begins again. */
function mayBegin({ witness, clock }: Reach, run: string, stage: string, attempt: number, by: string): void {
  const { events, done, undone, until } = witness.of(run);
  const start = events.findLast((event) => event.type === by && "stage" in event && event.stage === stage);
  const isKept = start !== undefined && "attempt" in start && start.attempt >= attempt;
  if (!isKept) witness.fail(`${run}: ${stage} attempt ${attempt} began before its ${by} was on disk`);
  // A process whose lease was taken by one with another idea of the time cannot know; one whose own lease ran out can.
  const isOver = (by === "stageStarted" ? done : undone).has(stage);
  if (isOver && clock() >= until) witness.fail(`${run}: ${stage} began again after it had ended`);
}

function answer({ world, chance, odds }: Reach, signal: AbortSignal): Promise<Record<string, number>> {
  const { flaky, broken, hang, long } = odds();
  const hears = chance.happens(0.7);
  return new Promise((resolve, reject) => {
    if (hears) signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    if (chance.happens(hang)) return;
    const ending = chance.next();
    world.after(chance.delay(3_000, 90_000, long), () => {
      if (ending < flaky) reject(new StageError("flaky", "try again", { retryable: true }));
      else if (ending < flaky + broken) reject(new StageError("broken", "for good"));
      else resolve({ n: Math.floor(ending * 100) });
    });
  });
}

const request = {
  title: "May it?",
  approvers: ["role:manager"],
  forbid: [],
  quorum: { approve: 1, reject: 1 },
  outcomes: ["approved", "rejected"],
};

const waits: readonly StageType[] = [
  {
    ...about,
    name: "gate",
    kind: "wait",
    outcomes: ["approved", "rejected", "expired"],
    open: (_input, { now, run }) => ({
      approval: { ...request, quorum: { approve: 1 + (run.stage.length % 2), reject: 1 } },
      timers: [{ outcome: "expired", at: now + 120_000 }],
    }),
  },
  {
    ...about,
    name: "sleep",
    kind: "wait",
    open: (_input, { now }) => ({ timers: [{ outcome: "succeeded", at: now + 15_000 }] }),
  },
];

const pures: readonly StageType[] = [
  {
    ...about,
    name: "fork",
    kind: "pure",
    outcomes: ["left", "right"],
    run: (_input, { run }) => ({ outputs: {}, outcome: run.stage.length % 2 === 0 ? "left" : "right" }),
  },
  { ...about, name: "sum", kind: "pure", run: async () => ({ outputs: { sum: 1 } }) },
];
