import type { Actor } from "../core/approval.js";
import { StagecraftError } from "../core/errors.js";
import type { JsonObject } from "../core/json.js";
import { addresses, type ScriptedDecision, type TestCase } from "../definition/index.js";
import type { ApprovalRow, Store } from "../engine/ports.js";
import type { VirtualClock } from "../engine/virtual-clock.js";
import type { Problem } from "./problem.js";

/** What judging a decision needs of the project. */
export interface People {
  actor(user: string): Actor;
  /** @throws StagecraftError when it is refused */
  decide(store: Store, approval: string, options: DecideOptions, now: () => number): Promise<unknown>;
}

interface DecideOptions {
  readonly by: Actor;
  readonly outcome: string;
  readonly comment?: string;
  readonly data?: JsonObject;
}

/** Something that comes from outside at a time. */
export interface Action {
  readonly at: number;
  perform(): Promise<void>;
}

/** The decisions of a case: for each approval that opens, its list from the front. */
export function scriptedDecisions(test: TestCase, run: string, store: Store, clock: VirtualClock, people: People) {
  const given = new Map<string, number>();
  const reached = new Set<string>();
  const found: Problem[] = [];
  return {
    async actions(): Promise<Action[]> {
      const actions: Action[] = [];
      for (const row of await store.listApprovals({ run })) {
        const address = Object.keys(test.approvals).find((candidate) => addresses(candidate, row.stage));
        if (address === undefined) continue;
        reached.add(address);
        const index = given.get(row.id) ?? 0;
        const entry = test.approvals[address]?.[index];
        if (entry === undefined) continue;
        actions.push({
          at: Math.max(clock.now(), row.openedAt + entry.after),
          async perform() {
            given.set(row.id, index + 1);
            const problem = await give(row, entry, store, clock, people);
            if (problem !== undefined) found.push({ ...problem, path: [...test.path, "approvals", address, index] });
          },
        });
      }
      return actions;
    },
    problems(): readonly Problem[] {
      const unopened = Object.keys(test.approvals).filter((address) => !reached.has(address));
      return found.concat(
        unopened.map((address) => {
          const path = [...test.path, "approvals", address];
          const message = `nobody was asked: ${address} never opened`;
          return { code: "decision-not-given", path, atKey: true, message };
        }),
      );
    },
  };
}

/** Gives one decision; says what went otherwise than expected. */
async function give(
  { id, stage }: ApprovalRow,
  { by, outcome, comment, data, expectRefused }: ScriptedDecision,
  store: Store,
  clock: VirtualClock,
  people: People,
): Promise<Omit<Problem, "path"> | undefined> {
  const options = { outcome, ...(comment !== undefined && { comment }), ...(data !== undefined && { data }) };
  try {
    await people.decide(store, id, { by: people.actor(by), ...options }, clock.now);
  } catch (error) {
    if (!(error instanceof StagecraftError)) throw error;
    if (expectRefused) return undefined;
    const message = `the decision of ${by} on ${stage} is refused: ${error.message} (${error.code})`;
    return { code: "decision-refused", message, help: "mend the case, or write `expectRefused: true`" };
  }
  if (!expectRefused) return undefined;
  return { code: "decision-accepted", message: `the decision of ${by} on ${stage} was accepted` };
}
