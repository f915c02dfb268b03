import { Flags } from "@oclif/core";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { asFlag, lastFlag, runArgs, runReference } from "../../flags.js";

export default class AuditRelease extends BaseCommand {
  static override description = "End a run's legal hold.";
  static override examples = ["<%= config.bin %> audit release --last --reason 'case closed'"];
  static override args = runArgs;
  static override flags = {
    reason: Flags.string({ description: "why; kept in the audit trail", helpValue: "<text>" }),
    ...lastFlag,
    ...asFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(AuditRelease);
    const app = await this.open(flags);
    const wanted = runReference(args.run, flags.last);
    const run = await app.audit.release(wanted, app.actor(flags.as).user, flags.reason);
    this.print(`${run.id} is no longer under hold`);
    return { run: run.id, held: false };
  }
}
