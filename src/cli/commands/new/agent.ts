import type { JsonObject } from "../../../core/json.js";
import { NewCommand, nameArgs } from "../../scaffold/new-command.js";

export default class NewAgent extends NewCommand {
  static override description = "Write an agent with its instructions, in a workflow that asks it.";
  static override examples = ["<%= config.bin %> new agent triage"];
  static override args = nameArgs;

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(NewAgent);
    const { agentFiles } = await import("../../scaffold/templates.js");
    return this.create(flags, args.name, agentFiles);
  }
}
