import fs from "node:fs";
import path from "node:path";
import { Args } from "@oclif/core";
import { StagecraftError } from "../../../core/errors.js";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { command } from "../../people.js";
import { bytesText } from "../../render/bytes.js";

export default class DbBackup extends BaseCommand {
  static override description = "Copy the database to a file while runs go on, and check the copy.";
  static override examples = ["<%= config.bin %> db backup backups/monday.sqlite"];
  static override args = { file: Args.string({ description: "a file that is not there yet", required: true }) };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(DbBackup);
    const app = await this.open(flags);
    const store = await app.existingStore();
    if (store === undefined)
      throw new StagecraftError("store-missing", `there is no database ${app.config.dbShown} yet`);
    const file = path.resolve(args.file);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await store.backup(file);
    const { size } = fs.statSync(file);
    this.print(`${file} holds all of it, checked (${bytesText(size)})`);
    this.next(command(`runs ls --db ${args.file}`));
    return { db: app.config.dbShown, file, bytes: size };
  }
}
