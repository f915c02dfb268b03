import { type Failure, StageError } from "../core/errors.js";
import type { Event } from "../core/event.js";
import type { Json, JsonObject } from "../core/json.js";
import type { Notice, RunState } from "../core/state.js";
import { approvalId } from "./approvals.js";
import { InFlight } from "./attempt.js";
import { AttemptContext } from "./attempt-context.js";
import type { Mask } from "./mask.js";
import type { Host } from "./ports.js";
import { toFailure } from "./types.js";

/** Attempts to tell somebody, and the pauses between them: milliseconds. */
const PAUSES = [0, 1_000, 5_000];

/**
 * Tells the approvers through the channel the approval names. At least once: a process that dies between telling and
 * recording tells again, with the same idempotency key. One that cannot be told is recorded with the reason, and holds
 * nothing up.
 */
export async function tellApprovers(host: Host, mask: Mask, state: RunState, notice: Notice): Promise<Event> {
  let error: Failure | undefined;
  for (const pause of PAUSES) {
    if (pause > 0) await new Promise<void>((resolve) => host.clock.at(host.clock.now() + pause, resolve));
    error = await tellOnce(host, mask, state, notice);
    if (error === undefined || !error.retryable) break;
  }
  const told = {
    type: "approversNotified",
    at: host.clock.now(),
    stage: notice.stage.path,
    about: notice.about,
  } as const;
  return error === undefined ? told : { ...told, error };
}

async function tellOnce(
  host: Host,
  mask: Mask,
  state: RunState,
  { stage, attempt, about }: Notice,
): Promise<Failure | undefined> {
  const request = stage.waiting?.approval;
  if (request?.notify === undefined || host.channel === undefined) return undefined;
  const { title, message = null, approvers } = request;
  const id = approvalId(host.sha256, state.id, stage);
  try {
    const { via, settings } = host.channel(request.notify);
    const nothing = {
      record: async () => {},
      takeTokens: async () => {},
      settleTokens: async () => {},
      progress: () => {},
    };
    const services = { host, mask, outward: mask, ...nothing, atHost: alone, tool: noTool };
    const flight = new InFlight(stage, attempt, false);
    const key = host.sha256(`${id}/${about}`);
    const context = new AttemptContext(state, flight, key, host.clock.now(), services);
    const data: Json = { approval: id, about, title, message, approvers, outcomes: request.outcomes };
    const text = `${HEADS.get(about) ?? "still waits for a decision"}: ${title} (approval ${id})`;
    const notification: JsonObject = { ...settings, message: mask.text(text), data: mask.json(data) };
    await context.notifier(via).send(notification, context);
    return undefined;
  } catch (thrown) {
    return mask.json(toFailure(thrown) as unknown as Json) as unknown as Failure;
  }
}

function noTool(): never {
  throw new StageError("unknown-tool", "a notifier has no workflows as tools");
}

/** It takes no slot of the engine, and must not wait behind effects. */
const alone = <T>(_flight: InFlight, _url: string, request: () => Promise<T>) => request();

const HEADS = new Map([
  ["opened", "waits for a decision"],
  ["escalated", "now waits for a decision by others too"],
]);
