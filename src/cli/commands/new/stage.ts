import type { JsonObject } from "../../../core/json.js";
import { NewCommand, nameArgs } from "../../scaffold/new-command.js";

export default class NewStage extends NewCommand {
  static override description = "Write a stage type of your own: a plugin in TypeScript, with its test.";
  static override examples = [
    "<%= config.bin %> new stage credit-check",
    "<%= config.bin %> new stage acme/credit-check",
  ];
  static override args = nameArgs;

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(NewStage);
    const { stageFiles } = await import("../../scaffold/stage.js");
    const app = await this.open(flags);
    const { files, uses } = stageFiles(args.name);
    const result = await this.write(app.config.project, files);
    this.next(`npx stagecraft plugins show ${uses}`, "npx stagecraft schema install");
    return { ...result, uses };
  }
}
