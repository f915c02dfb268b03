import { Args } from "@oclif/core";
import type { JsonObject } from "../../../core/json.js";
import { runDocument } from "../../../observe/documents.js";
import { BaseCommand } from "../../command.js";
import { command } from "../../people.js";

export default class DbVerify extends BaseCommand {
  static override description = "See that the archive of a run is whole: its hash, its events, its definition.";
  static override examples = ["<%= config.bin %> db verify archive/refund-7f3a.jsonl"];
  static override args = { file: Args.string({ description: "an archive", required: true }) };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(DbVerify);
    const app = await this.open(flags);
    const { run, events } = await app.upkeep.verify(args.file);
    this.print(`${args.file} is whole: run ${run.id} of ${run.workflow}, ${run.status}, ${events.length} events`);
    this.next(command(`runs show --archive ${args.file}`));
    return { file: args.file, run: runDocument(run), events: events.length };
  }
}
