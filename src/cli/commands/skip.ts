import { Flags } from "@oclif/core";
import type { JsonObject } from "../../core/json.js";
import { controlFlags, runArgs } from "../flags.js";
import { jsonPairs } from "../inputs.js";
import { RunCommand } from "../run-command.js";

export default class Skip extends RunCommand {
  static override description = "Go on without a stage that failed, in a paused or failed run.";
  static override examples = [
    "<%= config.bin %> skip --last --stage enrich",
    "<%= config.bin %> skip 7f3a --stage rate --output value=1.08",
  ];
  static override args = runArgs;
  static override flags = {
    stage: Flags.string({ description: "path of the stage", helpValue: "<path>", required: true }),
    output: Flags.string({
      description: "an output it is to have; JSON or text",
      helpValue: "<name=value>",
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...controlFlags,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Skip);
    const outputs = jsonPairs(flags.output ?? []);
    const skip = { type: "skip" as const, stage: flags.stage, ...(outputs ? { outputs } : {}) };
    return this.ask(args.run, flags, (by) => ({ ...skip, by }));
  }
}
