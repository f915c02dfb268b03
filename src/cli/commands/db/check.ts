import { StagecraftError } from "../../../core/errors.js";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { EXIT } from "../../exit.js";

export default class DbCheck extends BaseCommand {
  static override description = "Read the whole database and say what is wrong with it: pages, journals, payloads.";
  static override examples = ["<%= config.bin %> db check", "<%= config.bin %> db check --db backup.sqlite --json"];

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(DbCheck);
    const app = await this.open(flags);
    const { dbShown: db } = app.config;
    const store = await app.existingStore();
    if (store === undefined) {
      throw new StagecraftError("store-missing", `there is no database ${db} yet`, {
        help: "name another one with --db",
      });
    }
    const findings = await store.check();
    if (findings.length === 0) this.print(`${db} is whole`);
    else {
      this.print(findings.join("\n"));
      this.say("keep the file as it is and restore the last backup beside it");
      process.exitCode = EXIT.failed;
    }
    return { db, ok: findings.length === 0, findings: [...findings] };
  }
}
