import { Flags } from "@oclif/core";
import type { Listener } from "../../../app.js";
import type { JsonObject } from "../../../core/json.js";
import { exitCodeOf } from "../../exit.js";
import { eventsFlag, lastFlag, runArgs, runReference } from "../../flags.js";
import { RunCommand } from "../../run-command.js";

export default class RunsWatch extends RunCommand {
  static override description = "Watch a run that another process drives, until it ends. Drives nothing.";
  static override examples = [
    "<%= config.bin %> runs watch --last",
    "<%= config.bin %> runs watch 7f3a --exit-status && ./deploy.sh",
  ];
  static override args = runArgs;
  static override flags = {
    "exit-status": Flags.boolean({ description: "exit as the run ended: see `help exit-codes`" }),
    ...lastFlag,
    ...eventsFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(RunsWatch);
    const app = await this.open(flags);
    const run = await app.findRun(runReference(args.run, flags.last));
    const work = (listener: Listener, signal: AbortSignal) =>
      app.follow(run.id, { untilEnded: true, after: run.headSeq, listener, signal });
    const result = await this.show(app, run, flags, { work, stopping: "no longer watching; the run goes on" });
    const ended = await app.findRun(run.id);
    if (ended.endedAt !== null) process.exitCode = flags["exit-status"] ? exitCodeOf(ended) : 0;
    return { ...result, exitCode: Number(process.exitCode) };
  }
}
