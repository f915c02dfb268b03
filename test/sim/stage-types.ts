import { type JsonSchema, type Notifier, type StageContext, StageError, type StageType } from "../../src/plugin/api.js";
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
  readonly process: { readonly name: string; readonly isDead: boolean };
}

/** Effects that take random time and end at random; each looks, before it begins, whether it may. */
export function scriptedTypes(reach: Reach): readonly StageType[] {
  const effect = (name: string, startedBy: "stageStarted" | "compensationStarted"): StageType => ({
    ...about,
    name,
    kind: "effect",
    run: async (input, { run, attempt, idempotencyKey, signal, emit }) => {
      mayBegin(reach, run.id, run.stage, attempt, startedBy);
      if (name !== "undo")
        reach.witness.limits.begins({ run: run.id, stage: run.stage, signal, process: reach.process });
      reach.performed(run.stage, idempotencyKey);
      if (name === "shout") await shout(emit, `${run.id}/${run.stage}`, Number(input["atLeast"]));
      return { outputs: await answer(reach, signal) };
    },
  });
  const works = ["work", "shout"].map((name) => effect(name, "stageStarted"));
  return [...works, effect("undo", "compensationStarted"), ...waits, ...pures, detach];
}

const detach: StageType = { ...about, name: "workflow", kind: "workflow" };

async function shout(emit: StageContext["emit"], from: string, atLeast: number): Promise<void> {
  const delivered = await emit("news", { from }, atLeast);
  if (delivered < atLeast) throw new StageError("unheard", "nobody listens", { retryable: true });
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
    open: (input, { now, run }) => ({
      approval: {
        ...request,
        quorum: { approve: 1 + (run.stage.length % 2), reject: 1 },
        ...(input["remindEvery"] === undefined ? {} : { remindEvery: Number(input["remindEvery"]) }),
        ...(input["escalateAfter"] === undefined
          ? {}
          : { escalate: { at: now + Number(input["escalateAfter"]), approvers: ["role:director"] } }),
        ...(input["notify"] === undefined ? {} : { notify: "pager" }),
      },
      timers: [{ outcome: "expired", at: now + 120_000 }],
    }),
  },
  {
    ...about,
    name: "sleep",
    kind: "wait",
    open: (_input, { now }) => ({ timers: [{ outcome: "succeeded", at: now + 15_000 }] }),
  },
  {
    ...about,
    name: "listen",
    kind: "wait",
    outcomes: ["approved", "rejected", "expired"],
    open: ({ heard, silent }, { now }) => ({
      event: { name: "news", outcome: String(heard) },
      timers: [{ outcome: String(silent), at: now + 60_000 }],
    }),
  },
];

/** What approvers are told goes nowhere. */
export const PAGER: Notifier = { name: "pager", input: ANY, send: async () => ({}) };

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
