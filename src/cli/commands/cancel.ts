import type { JsonObject } from "../../core/json.js";
import { controlFlags, reasonFlag, runArgs } from "../flags.js";
import { RunCommand } from "../run-command.js";

export default class Cancel extends RunCommand {
  static override description = "End a run: what is in flight is stopped, nothing is undone; rollback does that.";
  static override examples = ["<%= config.bin %> cancel --last --reason duplicate"];
  static override args = runArgs;
  static override flags = {
    ...reasonFlag,
    ...controlFlags,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Cancel);
    const reason = flags.reason === undefined ? {} : { reason: flags.reason };
    return this.ask(args.run, flags, (by) => ({ type: "cancel", by, ...reason }), { asked: "cancelled" });
  }
}
