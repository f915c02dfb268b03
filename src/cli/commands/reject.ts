import type { JsonObject } from "../../core/json.js";
import { approvalDocument } from "../../observe/documents.js";
import { decide, decisionArgs, decisionFlags } from "../decision.js";
import { RunCommand } from "../run-command.js";

export default class Reject extends RunCommand {
  static override description = "Reject what waits for a person, and go on with its run.";
  static override examples = ["<%= config.bin %> reject a1b2 --as dana --comment 'no budget left'"];
  static override args = decisionArgs;
  static override flags = decisionFlags;

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Reject);
    const app = await this.open(flags);
    const approval = await decide(app, args.approval, { ...flags, outcome: "rejected" });
    const { by, outcome } = approval.decisions.at(-1) ?? { by: "", outcome: "" };
    this.say(`${approval.stage}: ${outcome} by ${by}`);
    if (flags.detach) return { approval: approvalDocument(approval) };
    return this.go(app, await app.findRun(approval.run), flags);
  }
}
