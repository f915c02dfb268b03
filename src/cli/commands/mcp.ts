import { Flags } from "@oclif/core";
import { BaseCommand } from "../command.js";
import { asFlag, waitFlag } from "../flags.js";
import { onInterrupt } from "../interrupt.js";
import { watchStrays } from "../strays.js";

export default class Mcp extends BaseCommand {
  static override enableJsonFlag = false;
  static override description = "Serve the workflows as tools of the Model Context Protocol, on stdin and stdout.";
  static override examples = [
    "<%= config.bin %> mcp",
    "<%= config.bin %> mcp --as ann --only refund",
    "claude mcp add flows -- npx stagecraft mcp",
  ];
  static override flags = {
    only: Flags.string({
      description: "only this workflow",
      helpValue: "<id>",
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...waitFlag,
    ...asFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Mcp);
    const app = await this.open(flags);
    // Nothing but the protocol may reach stdout.
    const say = (text: string) => this.say(text);
    const interrupt = onInterrupt(() => say("closing"));
    const ignoreStrays = watchStrays((await app.log()).warn);
    try {
      await app.serveMcp({
        patience: flags.wait,
        version: this.config.version,
        signal: interrupt.signal,
        say,
        ...(flags.as !== undefined && { as: flags.as }),
        ...(flags.only !== undefined && { only: flags.only }),
      });
    } finally {
      ignoreStrays();
      interrupt.stop();
    }
  }
}
