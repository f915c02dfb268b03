import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";

export default class DbRebuild extends BaseCommand {
  static override description = "Make the numbers about runs anew from their journals; nothing else is touched.";
  static override examples = ["<%= config.bin %> db rebuild"];

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(DbRebuild);
    const app = await this.open(flags);
    const runs = await app.stats.rebuild();
    this.print(`${runs === 1 ? "1 run" : `${runs} runs`} counted anew`);
    return { runs };
  }
}
