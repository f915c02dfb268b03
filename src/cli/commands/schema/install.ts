import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";

export default class SchemaInstall extends BaseCommand {
  static override description =
    "Write the schemas and the editor's settings, so that definitions complete as you type.";
  static override examples = ["<%= config.bin %> schema install"];

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(SchemaInstall);
    const app = await this.open(flags);
    const { installSchemas } = await import("../../scaffold/schema.js");
    const files = await installSchemas(app);
    for (const file of files) this.print(`wrote ${file}`);
    return { project: app.config.project, files: [...files] };
  }
}
