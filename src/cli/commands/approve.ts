import { Flags } from "@oclif/core";
import type { JsonObject } from "../../core/json.js";
import { approvalDocument } from "../../observe/documents.js";
import { decide, decisionArgs, decisionFlags } from "../decision.js";
import { RunCommand } from "../run-command.js";

export default class Approve extends RunCommand {
  static override description = "Approve what waits for a person, and go on with its run.";
  static override examples = [
    "<%= config.bin %> approve a1b2 --as dana --comment 'within budget'",
    "<%= config.bin %> approve a1b2 --outcome changesRequested",
  ];
  static override args = decisionArgs;
  static override flags = {
    outcome: Flags.string({
      description: "another outcome that the approval offers",
      default: "approved",
      helpValue: "<name>",
    }),
    ...decisionFlags,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Approve);
    const app = await this.open(flags);
    const approval = await decide(app, args.approval, { ...flags });
    const { by, outcome } = approval.decisions.at(-1) ?? { by: "", outcome: "" };
    this.say(`${approval.stage}: ${outcome} by ${by}`);
    if (flags.detach) return { approval: approvalDocument(approval) };
    return this.go(app, await app.findRun(approval.run), flags);
  }
}
