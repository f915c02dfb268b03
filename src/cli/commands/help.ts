import { Args, Command, loadHelpClass } from "@oclif/core";
import { EXIT_MEANINGS } from "../exit.js";

export default class Help extends Command {
  static override description = "Show help for a command, or `help exit-codes`.";
  static override strict = false;
  static override args = { command: Args.string({ description: "command, or exit-codes" }) };

  async run(): Promise<void> {
    const { argv } = await this.parse(Help);
    if (argv[0] === "exit-codes") {
      this.log("%s", EXIT_MEANINGS.map(([code, meaning]) => `${String(code).padStart(3)}  ${meaning}`).join("\n"));
      return;
    }
    const HelpClass = await loadHelpClass(this.config);
    await new HelpClass(this.config, this.config.pjson.oclif.helpOptions).showHelp(argv as string[]);
  }
}
