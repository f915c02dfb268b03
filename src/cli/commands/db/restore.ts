import { Args } from "@oclif/core";
import type { JsonObject } from "../../../core/json.js";
import { runDocument } from "../../../observe/documents.js";
import { BaseCommand } from "../../command.js";
import { command } from "../../people.js";

export default class DbRestore extends BaseCommand {
  static override description = "Put an archived run back into the database, as it was.";
  static override examples = ["<%= config.bin %> db restore archive/refund-7f3a.jsonl"];
  static override args = { file: Args.string({ description: "an archive", required: true }) };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(DbRestore);
    const app = await this.open(flags);
    const run = await app.upkeep.restore(args.file);
    this.print(`run ${run.id} of ${run.workflow} is back: ${run.status}`);
    this.next(command(`runs show ${run.id}`));
    return { run: runDocument(run) };
  }
}
