import { Flags } from "@oclif/core";
import type { Json, JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";
import { momentFlag } from "../flags.js";
import { statsCsv, statsText } from "../render/stats.js";
import { paintFor } from "../render/style.js";

export default class Stats extends BaseCommand {
  static override description =
    "Show how runs went: ends, durations, retries, how long approvals were open, tokens and cost.";
  static override examples = [
    "<%= config.bin %> stats --since 7d",
    "<%= config.bin %> stats --workflow payment --json",
    "<%= config.bin %> stats --csv > runs.csv",
  ];
  static override flags = {
    workflow: Flags.string({ description: "only runs of this definition", helpValue: "<id>" }),
    since: Flags.string({
      description: "only runs started since; an age or a date",
      helpValue: "<24h|date>",
      default: "30d",
    }),
    csv: Flags.boolean({ description: "one line a workflow, comma-separated", exclusive: ["json"] }),
  };

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(Stats);
    const since = momentFlag("since", flags.since, Date.now());
    const app = await this.open(flags);
    const isKept = (await app.existingStore()) !== undefined;
    if (!isKept) this.say("no runs: there is no database yet");
    if (!isKept) return { since: new Date(since).toISOString(), total: null, workflows: [] };
    const report = await app.stats.report({ since, workflow: flags.workflow });
    if (flags.csv) this.print(statsCsv(report));
    else if (report.total.runs === 0) this.say("no runs in this time");
    else this.print(statsText(report, paintFor(process.stdout)));
    if (report.truncated) this.say("there were more runs than are counted here; these are the newest");
    return { since: new Date(since).toISOString(), ...(report as unknown as Record<string, Json>) };
  }
}
