import { Flags } from "@oclif/core";
import { StagecraftError } from "../../../core/errors.js";
import type { RunStatus } from "../../../core/event.js";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { finishedFlags, olderThan } from "../../finished.js";

export default class DbPrune extends BaseCommand {
  static override description =
    "Remove finished runs with all that is theirs. One that has not ended, or was asked for something, stays.";
  static override examples = [
    "<%= config.bin %> db prune --older-than 90d --status succeeded --keep 100 --dry-run",
    "<%= config.bin %> db prune --older-than 90d",
  ];
  static override flags = {
    ...finishedFlags,
    keep: Flags.integer({ description: "the newest so many of each workflow stay", min: 0, helpValue: "<number>" }),
    "dry-run": Flags.boolean({ description: "say what would be removed, and remove nothing" }),
  };

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(DbPrune);
    const { keep, status } = flags;
    const isDry = flags["dry-run"];
    const before = olderThan(flags["older-than"], Date.now());
    if (before === undefined && keep === undefined) {
      throw new StagecraftError("missing-flag", "say how old a run must be, or how many are to be kept", {
        help: "stagecraft db prune --older-than 90d --dry-run",
      });
    }
    const app = await this.open(flags);
    const pruned = await app.upkeep.prune({ before, keep, status: status as RunStatus[] | undefined, dryRun: isDry });
    const count = pruned.runs.length === 1 ? "1 run" : `${pruned.runs.length} runs`;
    if (isDry) {
      this.print([...pruned.runs.map(({ id, workflow }) => `${id} ${workflow}`), `${count} would go`].join("\n"));
    } else {
      this.print(`${count} and ${pruned.payloads} large values removed; their space is used again`);
    }
    return { runs: pruned.runs.map(({ id }) => id), payloads: pruned.payloads, dryRun: isDry };
  }
}
