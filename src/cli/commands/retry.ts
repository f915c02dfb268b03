import { Flags } from "@oclif/core";
import type { JsonObject } from "../../core/json.js";
import { asFlag, eventsFlag, lastFlag, runArgs, runReference, waitFlag } from "../flags.js";
import { RunCommand } from "../run-command.js";

export default class Retry extends RunCommand {
  static override description = "Give what failed in a paused or failed run another try.";
  static override examples = ["<%= config.bin %> retry --last", "<%= config.bin %> retry 7f3a --stage pay"];
  static override args = runArgs;
  static override flags = {
    stage: Flags.string({ description: "path of the stage", helpValue: "<path>" }),
    ...lastFlag,
    ...asFlag,
    ...waitFlag,
    ...eventsFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Retry);
    const app = await this.open(flags);
    const run = await this.openRun(app, runReference(args.run, flags.last), true);
    const by = app.actor(flags.as).user;
    await app.send(run.id, { type: "retry", by, ...(flags.stage ? { stage: flags.stage } : {}) });
    return this.go(app, run, flags);
  }
}
