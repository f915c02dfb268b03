import type { Actor } from "../core/approval.js";
import { StagecraftError } from "../core/errors.js";
import type { Recorded } from "../core/event.js";
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

/** What people and other systems do in a case. */
export interface Script {
  /** Keeps track of who waits for which event. */
  hear(events: readonly Recorded[]): void;
  /** The next thing to come, as far as is known by now. */
  next(): Promise<Action | undefined>;
  /** What never came to pass, and decisions that went otherwise than expected. */
  problems(): readonly Problem[];
}

export function createScript(test: TestCase, run: string, store: Store, clock: VirtualClock, people: People): Script {
  const start = clock.now();
  const waits = new Map<string, string>();
  const given = new Map<string, number>();
  const reached = new Set<string>();
  const problems: Problem[] = [];
  let sent = 0;

  const decision = (row: ApprovalRow, address: string, index: number, entry: ScriptedDecision): Action => ({
    at: Math.max(clock.now(), row.openedAt + entry.after),
    async perform() {
      given.set(row.id, index + 1);
      const path = [...test.path, "approvals", address, index];
      const { by, outcome, comment, data, expectRefused } = entry;
      const options = { outcome, ...(comment !== undefined && { comment }), ...(data !== undefined && { data }) };
      try {
        await people.decide(store, row.id, { by: people.actor(by), ...options }, clock.now);
      } catch (error) {
        if (!(error instanceof StagecraftError)) throw error;
        if (expectRefused) return;
        const message = `the decision of ${by} on ${row.stage} is refused: ${error.message} (${error.code})`;
        const help = "mend the case, or write `expectRefused: true` where it must be so";
        problems.push({ code: "decision-refused", path, message, help });
        return;
      }
      if (!expectRefused) return;
      problems.push({ code: "decision-accepted", path, message: `the decision of ${by} on ${row.stage} was accepted` });
    },
  });

  const nextEvent = (): Action | undefined => {
    const event = test.events[sent];
    if (event === undefined) return undefined;
    const isAwaited = [...waits.values()].includes(event.name);
    if (event.after === undefined && !isAwaited) return undefined;
    return {
      at: Math.max(clock.now(), event.after === undefined ? 0 : start + event.after),
      async perform() {
        sent += 1;
        await store.post(run, { type: "event", name: event.name, data: event.data, by: "test" }, clock.now());
      },
    };
  };

  return {
    hear(events) {
      for (const { event } of events) {
        if (event.type === "stageWaiting" && event.waiting.event) waits.set(event.stage, event.waiting.event.name);
        if (event.type === "stageEnded" || event.type === "attemptFailed") waits.delete(event.stage);
      }
    },
    async next() {
      const actions: Action[] = [];
      for (const row of await store.listApprovals({ run })) {
        const address = Object.keys(test.approvals).find((candidate) => addresses(candidate, row.stage));
        if (address === undefined) continue;
        reached.add(address);
        const index = given.get(row.id) ?? 0;
        const entry = test.approvals[address]?.[index];
        if (entry !== undefined) actions.push(decision(row, address, index, entry));
      }
      const event = nextEvent();
      if (event !== undefined) actions.push(event);
      return actions.sort((a, b) => a.at - b.at)[0];
    },
    problems() {
      const unopened = Object.keys(test.approvals).filter((address) => !reached.has(address));
      const unsent = test.events.slice(sent);
      return [
        ...problems,
        ...unopened.map((address): Problem => {
          const path = [...test.path, "approvals", address];
          return {
            code: "decision-not-given",
            path,
            atKey: true,
            message: `nobody was asked: ${address} never opened`,
          };
        }),
        ...unsent.map((event, index): Problem => {
          const path = [...test.path, "events", sent + index];
          return { code: "event-not-sent", path, message: `no stage ever waited for the event ${event.name}` };
        }),
      ];
    },
  };
}
