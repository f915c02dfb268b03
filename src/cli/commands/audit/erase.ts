import { Flags } from "@oclif/core";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { asFlag, lastFlag, runArgs, runReference } from "../../flags.js";
import { command } from "../../people.js";

export default class AuditErase extends BaseCommand {
  static override description =
    "Take what people and stages said out of a run that has ended; its chain can still be proven.";
  static override examples = ["<%= config.bin %> audit erase RUN --reason 'asked for by the person on 2026-11-20'"];
  static override args = runArgs;
  static override flags = {
    reason: Flags.string({ description: "why; kept in the audit trail", required: true, helpValue: "<text>" }),
    ...lastFlag,
    ...asFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(AuditErase);
    const app = await this.open(flags);
    const wanted = runReference(args.run, flags.last);
    const { run, events } = await app.audit.erase(wanted, app.actor(flags.as).user, flags.reason);
    this.print(`${run}: the data of ${events} events is erased`);
    this.next(command(`audit verify ${run}`));
    return { run, events };
  }
}
