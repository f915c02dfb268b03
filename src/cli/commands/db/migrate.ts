import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";

export default class DbMigrate extends BaseCommand {
  static override description = "Bring the database to the schema of this Stagecraft. Every other command does so too.";
  static override examples = ["<%= config.bin %> db migrate"];

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(DbMigrate);
    const app = await this.open(flags);
    const { schema, schemaBefore } = await (await app.store()).status();
    const before = schemaBefore === 0 ? "made" : schemaBefore === schema ? "up to date" : `was ${schemaBefore}`;
    this.print(`${app.config.dbShown} has schema ${schema} (${before})`);
    return { db: app.config.dbShown, schema, schemaBefore };
  }
}
