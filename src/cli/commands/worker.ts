import { Flags } from "@oclif/core";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";
import { backendFlag } from "../flags.js";
import { onInterrupt, STOPPING } from "../interrupt.js";
import { runsFlag } from "../serving.js";
import { watchStrays } from "../strays.js";

export default class Worker extends BaseCommand {
  static override description =
    "Drive whatever run has something to do (queued, detached, woken, left by a process that died), and fire triggers.";
  static override examples = ["<%= config.bin %> worker", "<%= config.bin %> worker --runs 20 --metrics-port 9464"];
  static override flags = {
    ...runsFlag,
    ...backendFlag,
    listen: Flags.string({
      description: "where Restate reaches this worker (restate.listen)",
      helpValue: "<host:port>",
    }),
    "metrics-port": Flags.integer({
      description: "answer Prometheus at /metrics of this port",
      min: 0,
      max: 65_535,
      helpValue: "<port>",
    }),
    "metrics-host": Flags.string({
      description: "address of that port",
      default: "127.0.0.1",
      helpValue: "<address>",
    }),
  };

  protected override readonly usualLogLevel = "info";

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(Worker);
    const app = await this.open(flags);
    const interrupt = onInterrupt(() => this.say(STOPPING));
    const { "metrics-port": port, "metrics-host": host } = flags;
    if (port !== undefined) this.say(`numbers at ${await app.meter.listen({ host, port, signal: interrupt.signal })}`);
    const ignoreStrays = watchStrays((await app.log()).warn);
    const seen = new Set<string>();
    const worker = await app.work({ runs: flags.runs, signal: interrupt.signal, listener: (run) => seen.add(run) });
    this.say("driving the runs of this project: Ctrl-C ends");
    await worker.done;
    ignoreStrays();
    interrupt.stop();
    return { runs: [...seen] };
  }
}
