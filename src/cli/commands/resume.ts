import type { JsonObject } from "../../core/json.js";
import { controlFlags, runArgs, runReference } from "../flags.js";
import { RunCommand } from "../run-command.js";

export default class Resume extends RunCommand {
  static override description = "Go on with a run that was interrupted, paused or waits.";
  static override examples = ["<%= config.bin %> resume --last", "<%= config.bin %> resume 7f3a --wait 10m"];
  static override args = runArgs;
  static override flags = {
    ...controlFlags,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Resume);
    const app = await this.open(flags);
    const run = await this.openRun(app, runReference(args.run, flags.last));
    if (run.status === "paused") await app.send(run.id, { type: "resume", by: app.actor(flags.as).user });
    return this.go(app, run, flags);
  }
}
