import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";

export default class SchemaPrint extends BaseCommand {
  static override description = "Print the JSON Schema of definitions, with the stage types of this project's plugins.";
  static override examples = ["<%= config.bin %> schema print > workflow.schema.json"];

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(SchemaPrint);
    const app = await this.open(flags);
    const { workflowSchema } = await import("../../../app.js");
    const schema = workflowSchema(await app.registry());
    this.print(JSON.stringify(schema, null, 2));
    return schema;
  }
}
