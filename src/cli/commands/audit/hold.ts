import { Flags } from "@oclif/core";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { asFlag, lastFlag, runArgs, runReference } from "../../flags.js";

export default class AuditHold extends BaseCommand {
  static override description = "Put a run under legal hold: nothing of it may be erased or pruned.";
  static override examples = ["<%= config.bin %> audit hold --last --reason 'case 4711'"];
  static override args = runArgs;
  static override flags = {
    reason: Flags.string({ description: "why; kept in the audit trail", required: true, helpValue: "<text>" }),
    ...lastFlag,
    ...asFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(AuditHold);
    const app = await this.open(flags);
    const wanted = runReference(args.run, flags.last);
    const run = await app.audit.hold(wanted, app.actor(flags.as).user, flags.reason);
    this.print(`${run.id} is under hold`);
    return { run: run.id, held: true };
  }
}
