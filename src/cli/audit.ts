import { Flags } from "@oclif/core";
import { momentFlag } from "./flags.js";

/** Which acts of the audit trail: flags that `audit ls` and `audit export` share. */
export const actFlags = {
  run: Flags.string({ description: "only what concerns this run", helpValue: "<run>" }),
  since: Flags.string({ description: "only what happened since; an age or a date", helpValue: "<24h|date>" }),
  who: Flags.string({ description: "only what this person or agent did", helpValue: "<name>" }),
};

interface ActFlags {
  readonly run?: string | undefined;
  readonly since?: string | undefined;
  readonly who?: string | undefined;
}

export function actFilter({ run, since, who }: ActFlags) {
  return {
    ...(run === undefined ? {} : { run }),
    ...(since === undefined ? {} : { since: momentFlag("since", since, Date.now()) }),
    ...(who === undefined ? {} : { who }),
  };
}
