import { Flags } from "@oclif/core";
import type { JsonObject } from "../../core/json.js";
import { asFlag, eventsFlag, lastFlag, runArgs, runReference, waitFlag } from "../flags.js";
import { RunCommand } from "../run-command.js";

export default class Pause extends RunCommand {
  static override description = "Stop a run at the next stage until somebody resumes it.";
  static override examples = ["<%= config.bin %> pause --last --reason 'month end'"];
  static override args = runArgs;
  static override flags = {
    reason: Flags.string({ description: "why; kept in the journal", helpValue: "<text>" }),
    ...lastFlag,
    ...asFlag,
    ...waitFlag,
    ...eventsFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Pause);
    const app = await this.open(flags);
    const run = await this.openRun(app, runReference(args.run, flags.last));
    const by = app.actor(flags.as).user;
    await app.send(run.id, { type: "pause", by, ...(flags.reason ? { reason: flags.reason } : {}) });
    return this.go(app, run, flags, "paused");
  }
}
