import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";
import { onInterrupt, STOPPING } from "../interrupt.js";
import { runsFlag } from "../serving.js";
import { watchStrays } from "../strays.js";

export default class Worker extends BaseCommand {
  static override description =
    "Drive whatever run has something to do (queued, detached, woken, left by a process that died), and fire triggers.";
  static override examples = ["<%= config.bin %> worker", "<%= config.bin %> worker --runs 20"];
  static override flags = { ...runsFlag };

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(Worker);
    const app = await this.open(flags);
    const interrupt = onInterrupt(() => this.say(STOPPING));
    const ignoreStrays = watchStrays();
    const seen = new Set<string>();
    const worker = await app.work({ runs: flags.runs, signal: interrupt.signal, listener: (run) => seen.add(run) });
    this.say("driving the runs of this project: Ctrl-C ends");
    await worker.done;
    ignoreStrays();
    interrupt.stop();
    return { runs: [...seen] };
  }
}
