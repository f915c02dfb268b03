import { Flags } from "@oclif/core";
import type { JsonObject } from "../../core/json.js";
import { controlFlags, runArgs } from "../flags.js";
import { RunCommand } from "../run-command.js";

export default class Retry extends RunCommand {
  static override description = "Give what failed in a paused or failed run another try.";
  static override examples = ["<%= config.bin %> retry --last", "<%= config.bin %> retry 7f3a --stage pay"];
  static override args = runArgs;
  static override flags = {
    stage: Flags.string({ description: "path of the stage", helpValue: "<path>" }),
    ...controlFlags,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Retry);
    const stage = flags.stage === undefined ? {} : { stage: flags.stage };
    return this.ask(args.run, flags, (by) => ({ type: "retry", by, ...stage }));
  }
}
