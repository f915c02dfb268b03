import { Flags } from "@oclif/core";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";
import { onInterrupt, STOPPING } from "../interrupt.js";
import { serveFlags, serveUntil } from "../serving.js";

export default class Serve extends BaseCommand {
  static override description = "Serve the API and the dashboard, and drive the runs of this project.";
  static override examples = [
    "<%= config.bin %> serve",
    "<%= config.bin %> serve --as heidi",
    "<%= config.bin %> serve --host 0.0.0.0 --token-file stagecraft.tokens.yaml",
  ];
  static override flags = {
    ...serveFlags,
    "read-only": Flags.boolean({ description: "only show: start, drive and decide nothing" }),
  };

  protected override readonly usualLogLevel = "info";

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(Serve);
    const app = await this.open(flags);
    const interrupt = onInterrupt(() => this.say(STOPPING));
    const { url } = await serveUntil(app, flags, interrupt.signal, (served) => {
      this.print(served.login ?? served.url);
      this.say(
        served.login === undefined
          ? "tokens of the token file let people in"
          : "the address holds the token; Ctrl-C ends",
      );
    });
    interrupt.stop();
    return { url, closed: true };
  }
}
