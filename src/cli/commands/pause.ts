import type { JsonObject } from "../../core/json.js";
import { controlFlags, reasonFlag, runArgs } from "../flags.js";
import { RunCommand } from "../run-command.js";

export default class Pause extends RunCommand {
  static override description = "Stop a run at the next stage until somebody resumes it.";
  static override examples = ["<%= config.bin %> pause --last --reason 'month end'"];
  static override args = runArgs;
  static override flags = {
    ...reasonFlag,
    ...controlFlags,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Pause);
    const reason = flags.reason === undefined ? {} : { reason: flags.reason };
    return this.ask(args.run, flags, (by) => ({ type: "pause", by, ...reason }), { asked: "paused" });
  }
}
