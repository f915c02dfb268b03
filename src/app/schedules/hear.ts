import type { Json } from "../../core/json.js";
import { dueAmong } from "../../core/schedule.js";
import type { EventTrigger, WebhookTrigger } from "../../core/trigger.js";
import type { Occurrence, RunRow } from "../../engine/ports.js";
import { fireOrTell, type Occasion, passesFilter, type SchedulerHost, told } from "./fire.js";
import { after, isBusy, type Schedule } from "./standing.js";

/** Occurrences that one trigger takes at one look. */
const AT_ONCE = 200;
/** Runs that may start each other by events, one behind the other: more is a circle. */
const MOST_HOPS = 32;

/** A trigger that hears what happened. */
export type Hearing = Schedule & { readonly trigger: EventTrigger | WebhookTrigger };

export function hears(schedule: Schedule): schedule is Hearing {
  const { trigger } = schedule;
  // A webhook whose runs go side by side starts them when the request comes.
  return trigger.kind === "event" || (trigger.kind === "webhook" && trigger.overlap !== "allow");
}

/** What a trigger asks the store for. */
export function heardBy({ id, trigger }: Hearing): Pick<Occurrence, "source" | "name"> {
  return trigger.kind === "event" ? { source: "event", name: trigger.event } : { source: "webhook", name: id };
}

/**
 * Starts the runs of what was heard and not dealt with, as its overlap says. The runs are there before the schedule moves
 * on: whoever comes after a crash in between, or at the same time, finds them by their keys.
 */
export async function hear(host: SchedulerHost, schedule: Hearing, now: number): Promise<readonly RunRow[]> {
  const { store } = host;
  const { trigger, row, isNew } = schedule;
  const heard = await store.occurrences(heardBy(schedule), row.heard ?? 0, AT_ONCE);
  if (heard.length === 0) {
    if (isNew) await store.saveSchedule(row);
    return [];
  }
  let next = row;
  const wanted = heard.filter((occurrence) => {
    const fault = faultOf(host, schedule, occurrence, now);
    if (fault instanceof Error) next = after(next, occurrence.at, fault);
    return fault === undefined;
  });
  const { fire, rest } = dueAmong(wanted, trigger.overlap, await isBusy(store, row));
  const runs: RunRow[] = [];
  for (const occurrence of fire) {
    const started = await fireOrTell(host, schedule, occasionOf(occurrence), now);
    next = after(next, occurrence.at, started);
    if ("run" in started && started.created) runs.push(started.run);
  }
  const [waiting] = rest;
  const dealtWith = waiting === undefined ? (heard.at(-1)?.no ?? 0) : waiting.no - 1;
  if (isNew || dealtWith !== row.heard || next !== row) await store.saveSchedule({ ...next, heard: dealtWith });
  return runs;
}

/** Undefined: it is wanted; null: the filter does not let it through. */
function faultOf(
  host: SchedulerHost,
  schedule: Hearing,
  occurrence: Occurrence,
  now: number,
): Error | null | undefined {
  const occasion = occasionOf(occurrence);
  try {
    if (!passesFilter(schedule, occasion, now)) return null;
    if (occurrence.hops <= MOST_HOPS) return undefined;
    throw new Error(`runs have started each other ${MOST_HOPS} times in a row: this is a circle`);
  } catch (error) {
    return told(host, schedule, occasion, error);
  }
}

function occasionOf({ key, source, name, data, by, at, hops }: Occurrence): Occasion {
  // What a webhook heard was put together when it came.
  if (source === "webhook") return data as unknown as Occasion;
  const facts: Record<string, Json> = { name, data, by, at: new Date(at).toISOString(), hops };
  return { key, facts };
}
