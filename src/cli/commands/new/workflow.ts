import type { JsonObject } from "../../../core/json.js";
import { NewCommand, nameArgs } from "../../scaffold/new-command.js";

export default class NewWorkflow extends NewCommand {
  static override description = "Write a workflow with its test, to change into yours.";
  static override examples = ["<%= config.bin %> new workflow refund"];
  static override args = nameArgs;

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(NewWorkflow);
    const { workflowFiles } = await import("../../scaffold/templates.js");
    return this.create(flags, args.name, workflowFiles);
  }
}
