import { Flags } from "@oclif/core";
import { momentFlag } from "./flags.js";

/** Which finished runs a command is about. */
export const finishedFlags = {
  "older-than": Flags.string({ description: "only runs that ended before: an age or a date", helpValue: "<90d|date>" }),
  status: Flags.string({
    description: "only runs that ended so, separated by commas",
    multiple: true,
    delimiter: ",",
    options: ["succeeded", "failed", "cancelled", "rolledBack", "rollbackFailed"],
    helpValue: "<status>",
  }),
};

/** Milliseconds since the epoch. @throws StagecraftError `invalid-flag` */
export function olderThan(text: string | undefined, now: number): number | undefined {
  return text === undefined ? undefined : momentFlag("older-than", text, now);
}
