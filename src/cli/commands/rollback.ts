import type { JsonObject } from "../../core/json.js";
import { controlFlags, reasonFlag, runArgs } from "../flags.js";
import { RunCommand } from "../run-command.js";

export default class Rollback extends RunCommand {
  static override description = "Undo what a run has done: compensations of succeeded stages, the newest first.";
  static override examples = ["<%= config.bin %> rollback --last --reason 'wrong vendor'"];
  static override args = runArgs;
  static override flags = {
    ...reasonFlag,
    ...controlFlags,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Rollback);
    const reason = flags.reason === undefined ? {} : { reason: flags.reason };
    return this.ask(args.run, flags, (by) => ({ type: "rollback", by, ...reason }), {
      asked: "rolledBack",
    });
  }
}
