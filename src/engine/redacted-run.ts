import { StagecraftError } from "../core/errors.js";
import type { Recorded } from "../core/event.js";
import type { Plan } from "../core/plan.js";
import { Redactions } from "./redact.js";
import { redacts } from "./redact-marks.js";
import type { VaultStore } from "./vault-store.js";

/** Undefined: the plan redacts nothing. @throws StagecraftError `redact-needs-key` */
export async function redactionsOf(
  store: VaultStore,
  plan: Plan,
  run: string,
  isNew = false,
): Promise<Redactions | undefined> {
  if (!redacts(plan)) return undefined;
  const vault = await store.vault(run, isNew);
  if (vault !== undefined) return new Redactions(vault);
  throw new StagecraftError("redact-needs-key", `${plan.workflow.id} redacts values, and nothing is encrypted here`, {
    help: "encryption: { key: NAME } in stagecraft.config.yaml; what is redacted is kept under that key alone",
  });
}

/** A journal as its run knows it. Not for showing. */
export async function openEvents(
  store: VaultStore,
  plan: Plan,
  run: string,
  recorded: readonly Recorded[],
): Promise<readonly Recorded[]> {
  const redactions = await redactionsOf(store, plan, run);
  return redactions === undefined
    ? recorded
    : recorded.map(({ seq, event }) => ({ seq, event: redactions.open(event) }));
}

/** What stands in lists and is looked up by its text cannot be hidden there. @throws StagecraftError `redacted-key` */
export function refuseShown(redactions: Redactions | undefined, text: string | undefined, what: string): void {
  if (redactions === undefined || text === undefined || !redactions.holds(text)) return;
  throw new StagecraftError("redacted-key", `${what} would show a value that is redacted`, {
    help: "make it of something else, such as an id that says nothing about a person",
  });
}
