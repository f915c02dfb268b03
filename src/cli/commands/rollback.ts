import { Flags } from "@oclif/core";
import type { JsonObject } from "../../core/json.js";
import { asFlag, eventsFlag, lastFlag, runArgs, runReference, waitFlag } from "../flags.js";
import { RunCommand } from "../run-command.js";

export default class Rollback extends RunCommand {
  static override description = "Undo what a run has done: compensations of succeeded stages, the newest first.";
  static override examples = ["<%= config.bin %> rollback --last --reason 'wrong vendor'"];
  static override args = runArgs;
  static override flags = {
    reason: Flags.string({ description: "why; kept in the journal", helpValue: "<text>" }),
    ...lastFlag,
    ...asFlag,
    ...waitFlag,
    ...eventsFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Rollback);
    const app = await this.open(flags);
    const run = await this.openRun(app, runReference(args.run, flags.last), true);
    const by = app.actor(flags.as).user;
    await app.send(run.id, { type: "rollback", by, ...(flags.reason ? { reason: flags.reason } : {}) });
    return this.go(app, run, flags, "rolledBack");
  }
}
