import { Flags } from "@oclif/core";
import { StagecraftError } from "../../core/errors.js";
import type { JsonObject } from "../../core/json.js";
import { controlFlags, runArgs, runReference } from "../flags.js";
import { RunCommand } from "../run-command.js";

export default class Resume extends RunCommand {
  static override description = "Go on with a run that was interrupted, paused or waits.";
  static override examples = [
    "<%= config.bin %> resume --last",
    "<%= config.bin %> resume 7f3a --wait 10m",
    "<%= config.bin %> resume 7f3a --budget 2.50",
  ];
  static override args = runArgs;
  static override flags = {
    budget: Flags.custom<number>({
      description: "allow the run and each of its stages so many dollars more",
      helpValue: "<usd>",
      parse: async (text) => dollars(text),
    })(),
    ...controlFlags,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Resume);
    const app = await this.open(flags);
    const run = await this.openRun(app, runReference(args.run, flags.last));
    const by = app.actor(flags.as).user;
    if (flags.budget !== undefined) await app.send(run.id, { type: "raise", by, usd: flags.budget });
    if (run.status === "paused") await app.send(run.id, { type: "resume", by });
    return this.go(app, run, flags);
  }
}

function dollars(text: string): number {
  const usd = Number(text);
  if (Number.isFinite(usd) && usd > 0) return usd;
  throw new StagecraftError("invalid-flag", `--budget ${text} is no amount of dollars`, { help: "such as 2.50" });
}
