import { expect } from "vitest";
import { fold } from "../../src/core/apply.js";
import type { Plan } from "../../src/core/plan.js";
import { StageError } from "../../src/plugin/api.js";
import { type Came, type Case, live } from "./bench.js";

const UNDONE = new Set(["skipped", "failed", "omitted", "cancelled"]);

/** Whichever stage fails for good, the run comes to an end or asks a person, and says why. */
export async function endsCleanlyWhenAnyStageFails(one: Case): Promise<number> {
  const plain = await plainly(one);
  const stages = [...new Set(plain.effects.map(({ stage }) => stage))];
  expect(stages.length).toBeGreaterThan(0);
  for (const failing of stages) {
    const came = await live(one, {
      before: ({ run }) => {
        if (run.stage === failing) throw new StageError("injected", "failed on purpose");
      },
    });
    isSound(one, came);
    const isOver = ["succeeded", "failed", "cancelled", "rolledBack", "rollbackFailed"].includes(came.status);
    const isAsking = came.status === "paused" || (came.status === "waiting" && came.stillAsked > 0);
    expect(isOver || isAsking, `${failing} failed: ${came.status}`).toBe(true);
    if (isOver) expect(came.stillAsked).toBe(0);
    if (came.status === "failed") expect(came.error).not.toBeNull();
  }
  return stages.length;
}

/**
 * Killed after any of its writes, the run ends as it would have, and nothing finished is done again. How many writes there
 * are depends on what ends at the same moment, so it goes on until a life has fewer than it is to die at.
 */
export async function resumesFromACrashAfterEveryWrite(one: Case): Promise<number> {
  const plain = await plainly(one);
  for (let commit = 1; ; commit++) {
    const came = await live(one, { diesAtCommit: commit });
    isSound(one, came);
    expect({ status: came.status, outcomes: came.outcomes }, `killed at commit ${commit}`).toEqual({
      status: plain.status,
      outcomes: plain.outcomes,
    });
    if (came.deaths > 0) continue;
    expect(commit, "it died less often than it writes").toBeGreaterThan(plain.commits / 2);
    return commit - 1;
  }
}

/** Every effect is done, its end is lost, and it is done again: with the same key, to the same end. */
export async function endsTheSameWhenEveryAttemptIsRepeated(one: Case): Promise<number> {
  const plain = await plainly(one);
  const lost = new Set<string>();
  const came = await live(one, {
    diesAfter: ({ idempotencyKey }) => !lost.has(idempotencyKey) && lost.add(idempotencyKey).size > 0,
  });
  isSound(one, came);
  expect({ status: came.status, outcomes: came.outcomes }).toEqual({ status: plain.status, outcomes: plain.outcomes });
  const times = new Map<string, number>();
  for (const { key } of came.effects) times.set(key, (times.get(key) ?? 0) + 1);
  expect([...times.values()].every((count) => count >= 2)).toBe(true);
  // A stage has one key for what it does, and one for how that is undone.
  const keys = new Set(
    came.effects.map(({ stage, key }) => `${stage} ${key.endsWith("/undo") ? "undo" : "do"} ${key}`),
  );
  const uses = new Set([...keys].map((use) => use.slice(0, use.lastIndexOf(" "))));
  expect([...keys].length, [...keys].join("\n")).toBe(uses.size);
  return came.deaths;
}

/** Without a fault it comes to what it should, or its faults would say nothing. */
async function plainly(one: Case): Promise<Came> {
  const came = await live(one);
  expect(came.status, came.error ?? "").toBe(one.status);
  return came;
}

/** The journal folds, no work is recorded twice, and nothing begins again that had done its work. */
function isSound(one: Case, { events }: Came): void {
  fold(one.definition.reading.plan as Plan, events);
  const done = new Set<string>();
  for (const event of events) {
    if (event.type === "stageStarted") expect(done).not.toContain(event.stage);
    if (event.type !== "stageEnded" || UNDONE.has(event.outcome)) continue;
    expect(done).not.toContain(event.stage);
    done.add(event.stage);
  }
}
