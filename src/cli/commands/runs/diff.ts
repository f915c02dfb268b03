import { Args, Flags } from "@oclif/core";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { differenceDocument, diffRuns, type RunDifference, side } from "../../diff.js";
import { EXIT } from "../../exit.js";
import { count } from "../../render/lines.js";
import { type Paint, paintFor } from "../../render/style.js";
import { shorten, table } from "../../render/table.js";

export default class RunsDiff extends BaseCommand {
  static override description = "Show in what two runs differ: inputs, outcomes, outputs, decisions, result.";
  static override examples = [
    "<%= config.bin %> runs diff 7f3a 9c21",
    "<%= config.bin %> runs diff 7f3a 9c21 --exit-status -q",
  ];
  static override args = {
    before: Args.string({ description: "id of a run, or the beginning of one", required: true }),
    after: Args.string({ description: "id of the other run; `last` is the one started last", required: true }),
  };
  static override flags = {
    "exit-status": Flags.boolean({ description: "exit with 1 when they differ" }),
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(RunsDiff);
    const app = await this.open(flags);
    const ids = [await app.findRun(args.before), await app.findRun(args.after)].map(({ id }) => id) as [string, string];
    const [before, after] = await Promise.all([app.view(ids[0]), app.view(ids[1])]);
    const found = diffRuns(before, after);
    if (found.length === 0) this.say("no differences");
    else this.print(tableOf(found, ids, paintFor(process.stdout)));
    if (found.length > 0) this.say(count(found.length, "difference"));
    if (found.length > 0 && flags["exit-status"]) process.exitCode = EXIT.failed;
    return { before: ids[0], after: ids[1], differences: found.map(differenceDocument) };
  }
}

function tableOf(found: readonly RunDifference[], [before, after]: readonly [string, string], paint: Paint): string {
  return table(
    found,
    [
      { title: "WHERE", cell: ({ place }) => place },
      { title: before, cell: (difference) => paint("red", shorten(side(difference.before), 60)) },
      { title: after, cell: (difference) => paint("green", shorten(side(difference.after), 60)) },
    ],
    (head) => paint("dim", head),
  );
}
