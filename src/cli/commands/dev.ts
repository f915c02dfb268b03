import type { App } from "../../app.js";
import { StagecraftError } from "../../core/errors.js";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";
import { backendFlag } from "../flags.js";
import { onInterrupt, STOPPING } from "../interrupt.js";
import { paintFor } from "../render/style.js";
import { serveFlags, serveUntil } from "../serving.js";

export default class Dev extends BaseCommand {
  static override description =
    "Serve while you write: the dashboard, the engine, and every definition checked when it is saved.";
  static override examples = [
    "<%= config.bin %> dev",
    "<%= config.bin %> dev --port 0 --as heidi",
    "<%= config.bin %> dev --backend restate",
  ];
  static override flags = { ...serveFlags, ...backendFlag };

  protected override readonly usualLogLevel = "info";

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(Dev);
    const app = await this.open(flags);
    const interrupt = onInterrupt(() => this.say(STOPPING));
    const brought = await app.bringBackend();
    if (brought !== undefined) this.say("a Restate server runs beside this, for development only");
    const { url } = await serveUntil(app, flags, interrupt.signal, async (served) => {
      this.print(served.login ?? served.url);
      await this.#check(app);
      const { watchProject } = await import("../findings/watch.js");
      void watchProject(app, interrupt.signal, () => this.#check(app)).catch((error: unknown) =>
        this.say(String(error)),
      );
      this.say("checking again whenever a file is saved: Ctrl-C ends");
    }).finally(() => brought?.stop());
    interrupt.stop();
    return { url, closed: true };
  }

  async #check(app: App): Promise<void> {
    const [{ checkDefinitions }, { written }] = await Promise.all([
      import("../findings/check.js"),
      import("../findings/write.js"),
    ]);
    try {
      const checked = await checkDefinitions(app, [], false);
      this.say(await written(app, checked, "pretty", this.config.version, paintFor(process.stderr)));
    } catch (error) {
      // A half-saved project is mended by the next save.
      if (!(error instanceof StagecraftError)) throw error;
      this.say(error.message);
    }
  }
}
