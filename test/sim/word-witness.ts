import type { Event } from "../../src/core/event.js";
import { isObject, type JsonObject } from "../../src/core/json.js";
import type { InboxMessage, NewRun, Store } from "../../src/engine/ports.js";
import type { Testimony } from "./witness.js";

interface Ground {
  readonly runs: ReadonlyMap<string, Testimony>;
  fail(what: string): void;
}

/** What runs say to each other and to people, and the runs they start: each once. */
export class WordWitness {
  readonly #ground: Ground;
  /** Messages by emission and run. */
  readonly heard = new Map<string, { readonly run: string; readonly id: number }>();
  readonly #said = new Set<string>();
  readonly #children = new Map<string, string>();
  readonly #nudged = new Map<string, { count: number; at: number; isEscalated: boolean; readonly told: Set<string> }>();
  reminders = 0;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  get emissions(): number {
    return this.#said.size;
  }

  get detached(): number {
    return this.#children.size;
  }

  watch(inner: Pick<Store, "emit" | "inbox">): Pick<Store, "emit"> {
    return {
      emit: async (emission, now) => {
        const saying = inner.emit(emission, now);
        // Asked for in the same breath: nobody can have taken a message in between.
        const looking = [...this.#ground.runs.keys()].map((run) => inner.inbox(run));
        const delivered = await saying;
        const messages = (await Promise.all(looking)).flat();
        if (delivered < emission.atLeast) return delivered;
        const isFirst = !this.#said.has(emission.key);
        this.#said.add(emission.key);
        this.#heardOf(emission.key, isFirst, delivered, messages);
        return delivered;
      },
    };
  }

  #heardOf(key: string, isFirst: boolean, delivered: number, messages: readonly InboxMessage[]): void {
    const ofIt = messages.filter(
      ({ body }) => body.type === "event" && isObject(body.data) && body.data["from"] === key,
    );
    if (isFirst && ofIt.length !== delivered) {
      this.#ground.fail(`${key} was said to reach ${delivered} runs and reached ${ofIt.length}`);
    }
    for (const { id, run } of ofIt) {
      const known = this.heard.get(`${key} ${run}`);
      if (known === undefined && isFirst) this.heard.set(`${key} ${run}`, { run, id });
      else if (known?.id !== id) this.#ground.fail(`${run}: what ${key} said came a second time`);
    }
  }

  /** A run was made. */
  created({ id, events }: NewRun): void {
    const [first] = events;
    if (first?.type !== "runStarted" || first.parent === undefined) return;
    const stage = `${first.parent.run}/${first.parent.stage}`;
    const other = this.#children.get(stage);
    if (other !== undefined) this.#ground.fail(`${stage} started ${other} and ${id}`);
    this.#children.set(stage, id);
  }

  happened(run: string, { state }: Testimony, event: Event): void {
    if (!("stage" in event) || event.stage === undefined) return;
    const key = `${run}/${event.stage}`;
    switch (event.type) {
      case "stageEnded": {
        const stage = state.stages.get(event.stage);
        if (event.outcome !== "succeeded" || stage?.role !== "body") return;
        const { uses } = stage.plan;
        if (uses === "shout" && !this.#said.has(key)) this.#ground.fail(`${key} succeeded and was never said`);
        if (uses !== "workflow") return;
        const child = isObject(event.outputs ?? null) ? (event.outputs as JsonObject)["runId"] : undefined;
        const started = this.#children.get(key);
        if (child !== started) this.#ground.fail(`${key} says it started ${child}, it started ${started}`);
        return;
      }
      case "stageWaiting":
        this.#nudged.set(key, { count: 0, at: event.at, isEscalated: false, told: new Set() });
        return;
      case "approvalReminded":
      case "approvalEscalated":
      case "approversNotified":
        this.#nudge(key, state.stages.get(event.stage)?.waiting?.approval, event);
    }
  }

  #nudge(
    key: string,
    request: { remindEvery?: number; escalate?: { at: number } } | undefined,
    event: Extract<Event, { type: "approvalReminded" | "approvalEscalated" | "approversNotified" }>,
  ): void {
    const known = this.#nudged.get(key);
    if (known === undefined) return this.#ground.fail(`${key}: ${event.type} before it waited`);
    if (event.type === "approvalReminded") {
      this.reminders += 1;
      const due = known.at + (request?.remindEvery ?? Number.POSITIVE_INFINITY);
      if (event.count !== known.count + 1) this.#ground.fail(`${key}: reminder ${event.count} after ${known.count}`);
      if (event.at < due) this.#ground.fail(`${key}: reminder ${event.count} at ${event.at}, due at ${due}`);
      known.count = event.count;
      known.at = event.at;
    } else if (event.type === "approvalEscalated") {
      const due = request?.escalate?.at ?? Number.POSITIVE_INFINITY;
      if (known.isEscalated) this.#ground.fail(`${key} was escalated twice`);
      if (event.at < due) this.#ground.fail(`${key} was escalated at ${event.at}, due at ${due}`);
      known.isEscalated = true;
    } else {
      if (known.told.has(event.about)) this.#ground.fail(`${key}: ${event.about} was told twice`);
      known.told.add(event.about);
    }
  }
}
