import { StagecraftError } from "../core/errors.js";
import type { Json } from "../core/json.js";
import { explainFaults } from "../definition/index.js";
import type { Store } from "../engine/ports.js";
import { redactionsOf } from "../engine/redacted-run.js";
import { type Retraced, retrace } from "../engine/retrace.js";
import type { Registry } from "../plugin/registry.js";
import { findRun, refuseErased } from "./runs.js";

/** Takes every pure step of a run again, offline. @throws StagecraftError `unknown-run`, `run-erased`, `definition-lost` */
export async function retraceRun(store: Store, registry: Registry, wanted: string): Promise<Retraced> {
  const run = await findRun(store, wanted);
  await refuseErased(store, run.id);
  const definition = await store.getDefinition(run.definition);
  if (definition === undefined) {
    throw new StagecraftError("definition-lost", `the plan of run ${run.id} is not in the database`, {
      kind: "environment",
    });
  }
  const { plan } = definition;
  const redactions = await redactionsOf(store, plan, run.id);
  const recorded = await store.readEvents(run.id);
  const events = recorded.map(({ seq, event }) => ({ seq, event: redactions?.open(event) ?? event }));
  const traced = await retrace(plan, events, { registry, validate: explainFaults });
  return redactions === undefined ? traced : (redactions.keepValue(traced as unknown as Json) as unknown as Retraced);
}
