import { Args, Flags } from "@oclif/core";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { dateOf } from "../../render/lines.js";
import { table } from "../../render/table.js";

export default class ScheduleNext extends BaseCommand {
  static override description = "Show when runs will start by themselves, the soonest first.";
  static override examples = [
    "<%= config.bin %> schedule next",
    "<%= config.bin %> schedule next report/nightly --count 10",
  ];
  static override args = {
    schedule: Args.string({ description: "only this schedule, or this definition's", required: false }),
  };
  static override flags = {
    count: Flags.integer({ description: "so many times", default: 5, min: 1, max: 1_000, helpValue: "<number>" }),
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(ScheduleNext);
    const app = await this.open(flags);
    const times = await (await app.scheduler()).upcoming(Date.now(), flags.count, args.schedule);
    if (times.length === 0) this.say("nothing starts by the clock");
    else {
      this.print(
        table(times, [
          { title: "AT", cell: ({ at }) => dateOf(at) },
          { title: "SCHEDULE", cell: ({ id }) => id },
        ]),
      );
    }
    return { times: times.map(({ id, at }) => ({ id, at: new Date(at).toISOString() })) };
  }
}
