import path from "node:path";
import { Flags } from "@oclif/core";
import { StagecraftError } from "../../../core/errors.js";
import type { RunStatus } from "../../../core/event.js";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { finishedFlags, olderThan } from "../../finished.js";
import { runArgs } from "../../flags.js";

export default class DbArchive extends BaseCommand {
  static override description =
    "Write finished runs to files of their own: JSON Lines with their definition, sealed by a hash.";
  static override examples = [
    "<%= config.bin %> db archive 7f3a -o archive",
    "<%= config.bin %> db archive --older-than 90d -o archive --remove",
  ];
  static override args = runArgs;
  static override flags = {
    ...finishedFlags,
    output: Flags.string({ char: "o", description: "folder for the files", required: true, helpValue: "<folder>" }),
    remove: Flags.boolean({ description: "remove each run once its file is written and read back" }),
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(DbArchive);
    const before = olderThan(flags["older-than"], Date.now());
    if ((args.run === undefined) === (before === undefined)) {
      throw new StagecraftError("missing-argument", "name a run, or say --older-than");
    }
    const app = await this.open(flags);
    const folder = path.resolve(flags.output);
    const status = flags.status as RunStatus[] | undefined;
    const runs = args.run === undefined ? (await app.upkeep.prune({ before, status, dryRun: true })).runs : [];
    const archived = [];
    for (const run of args.run === undefined ? runs.map(({ id }) => id) : [args.run]) {
      const { file, run: row } = await app.upkeep.archive(run, folder, flags.remove);
      this.print(file);
      archived.push({ run: row.id, file });
    }
    if (archived.length === 0) this.say("no such runs");
    return { archived, removed: flags.remove };
  }
}
