import type { JsonObject } from "../../../core/json.js";
import { NewCommand, nameArgs } from "../../scaffold/new-command.js";

export default class NewRules extends NewCommand {
  static override description = "Write a decision table, in a workflow that asks it.";
  static override examples = ["<%= config.bin %> new rules approval-tier"];
  static override args = nameArgs;

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(NewRules);
    const { rulesFiles } = await import("../../scaffold/templates.js");
    return this.create(flags, args.name, rulesFiles);
  }
}
