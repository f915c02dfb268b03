import type { JsonObject } from "../../../core/json.js";
import { approvalDocument } from "../../../observe/documents.js";
import { BaseCommand } from "../../command.js";
import { decisionArgs } from "../../decision.js";
import { approveCommand } from "../../people.js";
import { approvalText } from "../../render/approval.js";
import { paintFor } from "../../render/style.js";

export default class ApprovalsShow extends BaseCommand {
  static override description = "Show what a person is asked to decide, and who decided what.";
  static override examples = ["<%= config.bin %> approvals show a1b2"];
  static override args = decisionArgs;

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(ApprovalsShow);
    const app = await this.open(flags);
    const approval = await app.findApproval(args.approval);
    this.print(approvalText(approval, paintFor(process.stdout)));
    if (approval.status === "open") {
      const approve = approveCommand(app.config, approval);
      this.next(approve, approve.replace("stagecraft approve", "stagecraft reject"));
    }
    return { approval: approvalDocument(approval) };
  }
}
