import type { Store } from "../../engine/ports.js";
import { DataKeys } from "./data-keys.js";
import { journal } from "./journal.js";
import type { Keyring } from "./keyring.js";
import { messages } from "./messages.js";
import { runs } from "./runs.js";
import { shared } from "./shared.js";

/**
 * The store behind it, with what runs hold of people sealed: events' data, outputs, errors, what approvals show, decisions,
 * messages, snapshots, cached results. A run that began with a key is sealed to its end, any other stays plain. What is not
 * sealed goes through untouched, so ids, names, statuses and times can be listed without any key, and chains be verified.
 */
export function sealedStore(behind: Store, ring: Keyring): Store {
  const keys = new DataKeys(behind, ring);
  return {
    ...behind,
    ...runs(behind, keys),
    ...journal(behind, keys),
    ...messages(behind, keys),
    ...shared(behind, keys),
    vault: async (run, isNew = false) => (isNew ? keys.make(run)?.seal : keys.of(run)),
  };
}
