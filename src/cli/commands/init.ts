import path from "node:path";
import { Args } from "@oclif/core";
import { CONFIG_FILE } from "../../config.js";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";

export default class Init extends BaseCommand {
  static override description =
    "Make a folder a project: settings, a first workflow with its test, the editor's schemas.";
  static override examples = ["<%= config.bin %> init", "<%= config.bin %> init payments"];
  static override args = { folder: Args.string({ description: "made if it is not there", default: "." }) };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Init);
    const project = path.resolve(args.folder);
    const { writeMissing } = await import("../scaffold/files.js");
    const { PROJECT_FILES, workflowFiles } = await import("../scaffold/templates.js");
    const hello = { kebab: "hello", camel: "hello", title: "Hello" };
    // The settings first: they say where everything else goes.
    const written = [...writeMissing(project, PROJECT_FILES)];
    const app = await this.open({ ...flags, config: path.join(project, CONFIG_FILE) });
    const { sourcesOf } = await import("../scaffold/place.js");
    written.push(...writeMissing(project, workflowFiles(sourcesOf(app), hello)));
    const { installSchemas } = await import("../scaffold/schema.js");
    written.push(...(await installSchemas(app)));
    for (const file of written) this.print(`wrote ${path.join(args.folder, file)}`);
    const enter = args.folder === "." ? "" : `cd ${args.folder} && `;
    this.next(`${enter}npx stagecraft run hello`, `${enter}npx stagecraft test`);
    return { project, files: written };
  }
}
