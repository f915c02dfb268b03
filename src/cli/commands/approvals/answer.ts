import { Args, Flags } from "@oclif/core";
import type { JsonObject } from "../../../core/json.js";
import { approvalDocument } from "../../../observe/documents.js";
import { decisionFlags, formData } from "../../decision.js";
import { RunCommand } from "../../run-command.js";

const { as: _, ...flags } = decisionFlags;

export default class ApprovalsAnswer extends RunCommand {
  static override description = "Decide with a link, as the person it was made for.";
  static override examples = ["<%= config.bin %> approvals answer TOKEN --outcome rejected --comment 'no budget'"];
  static override args = { token: Args.string({ description: "the link's token", required: true }) };
  static override flags = {
    outcome: Flags.string({ description: "what is decided", default: "approved", helpValue: "<name>" }),
    ...flags,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(ApprovalsAnswer);
    const app = await this.open(flags);
    const { approval: id } = await app.links.read(args.token);
    const data = flags.data ? await formData(await app.findApproval(id), flags.data) : undefined;
    const approval = await app.links.use(args.token, {
      outcome: flags.outcome,
      ...(flags.comment ? { comment: flags.comment } : {}),
      ...(data ? { data } : {}),
    });
    this.say(`${approval.stage}: ${flags.outcome} by ${approval.decisions.at(-1)?.by}`);
    if (flags.detach) return { approval: approvalDocument(approval) };
    return this.go(app, await app.findRun(approval.run), flags);
  }
}
