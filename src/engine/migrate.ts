import { fold } from "../core/apply.js";
import { StagecraftError } from "../core/errors.js";
import type { Context } from "../core/evaluate.js";
import type { Event } from "../core/event.js";
import type { JsonObject } from "../core/json.js";
import { sameJson } from "../core/merge.js";
import { type Migration, planMigration } from "../core/migrate.js";
import type { Journal } from "./journal.js";
import type { Mask } from "./mask.js";
import type { Host, Lease, StoredDefinition } from "./ports.js";
import type { Redactions } from "./redact.js";
import { redacts } from "./redact-marks.js";
import { redactionsOf } from "./redacted-run.js";
import { Snapshots } from "./snapshots.js";
import { RunWriter } from "./writer.js";

export interface MigrateOptions {
  readonly by: string;
  /** The run's inputs as the new definition takes them. */
  readonly inputs: JsonObject;
  /** True: says what would come of it and writes nothing. */
  readonly isDry: boolean;
}

/** What migrating works with: a run that is held by this process, and its history so far. */
export interface MigrateParts {
  readonly host: Host;
  readonly journal: Journal;
  readonly lease: Lease;
  readonly from: StoredDefinition;
  readonly events: readonly Event[];
  readonly secrets: Context["secrets"];
  readonly mask: Mask;
  readonly redactions: Redactions | undefined;
}

/**
 * Pins the run to `to`, in one commit together with the event that says so. Says what came of it; with refusals nothing
 * was written.
 */
export async function migrate(
  { host, journal, lease, from, events, secrets, mask, redactions }: MigrateParts,
  to: StoredDefinition,
  { by, inputs, isDry }: MigrateOptions,
): Promise<Migration> {
  const context = { now: host.clock.now(), validate: host.validate, secrets };
  const planned = planMigration(fold(from.plan, events), events, to.plan, context);
  const lost = redacts(from.plan) && !redacts(to.plan) ? ["the new definition redacts nothing, and the run does"] : [];
  const migration = { ...planned, refusals: [...planned.refusals, ...lost] };
  if (isDry || migration.refusals.length > 0 || to.hash === from.hash) return migration;
  await host.store.putDefinition(to);
  const state = fold(to.plan, events);
  const { promise, settle } = settled();
  const snapshots = new Snapshots(host, to.hash, lease.headSeq);
  const writer = new RunWriter(
    {
      ...{ host, journal, lease, state, mask, snapshots },
      redactions: redactions ?? (await redactionsOf(host.store, to.plan, lease.run)),
    },
    {
      recorded() {},
      durable() {},
      lost: (error) => settle(error ?? lostLease(lease.run)),
      // Listed as something to take up: what comes next may be new.
      isBusy: () => true,
      parkedUntil: () => null,
    },
  );
  const event: Event = { type: "runMigrated", at: context.now, from: from.hash, to: to.hash, version: to.version, by };
  const isSame = sameJson(inputs, state.frame.inputs);
  writer.record([isSame ? event : { ...event, inputs }]);
  writer.afterDurable((isKept) => isKept && settle());
  await promise;
  return migration;
}

function settled() {
  let settle: (error?: Error) => void = () => {};
  const promise = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve() : reject(error));
  });
  return { promise, settle: (error?: Error) => settle(error) };
}

function lostLease(run: string): StagecraftError {
  return new StagecraftError("run-busy", `another process took run ${run} meanwhile`, { help: "try again" });
}
