import path from "node:path";
import { Args } from "@oclif/core";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand, type BaseFlags } from "../command.js";
import type { Files } from "./files.js";
import { type Names, namesOf } from "./names.js";

export const nameArgs = { name: Args.string({ description: "such as credit-check", required: true }) };

type Template = (sources: { readonly folder: string; readonly schemas: string }, names: Names) => Files;

/** The commands that write a first version of something into the project. */
export abstract class NewCommand extends BaseCommand {
  /** Writes a definition, its test and what it is made of. */
  protected async create(flags: BaseFlags, name: string, template: Template): Promise<JsonObject> {
    const names = namesOf(name);
    const app = await this.open(flags);
    const { sourcesOf } = await import("./place.js");
    const result = await this.write(app.config.project, template(sourcesOf(app), names));
    this.next(`npx stagecraft validate ${names.kebab}`, `npx stagecraft test ${names.kebab}`);
    return result;
  }

  protected async write(project: string, files: Files): Promise<JsonObject> {
    const { writeNew } = await import("./files.js");
    const written = writeNew(project, files);
    for (const file of written) this.print(`wrote ${path.relative(process.cwd(), path.join(project, file))}`);
    return { project, files: [...written] };
  }
}
