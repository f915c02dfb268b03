import { Flags } from "@oclif/core";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { EXIT } from "../../exit.js";

export default class DbCopy extends BaseCommand {
  static override description =
    "Copy the whole database into another that is empty, between SQLite and PostgreSQL either way, and verify its audit chains.";
  static override examples = [
    "<%= config.bin %> db copy --to postgres://stagecraft@db.example/stagecraft",
    "<%= config.bin %> db copy --db postgres://stagecraft@db.example/stagecraft --to copy.sqlite",
  ];
  static override flags = { to: Flags.string({ description: "file or URL of the other database", required: true }) };

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(DbCopy);
    const app = await this.open(flags);
    const { to, rows, runs, events, faults } = await app.copy(flags.to);
    const total = Object.values(rows).reduce((sum, n) => sum + n, 0);
    this.print(`${to} holds all of it: ${total} rows, ${runs} runs with ${events} events`);
    if (faults.length === 0) this.say("every audit chain holds there");
    else {
      this.print(faults.map(({ run, what }) => `${run ?? "the trail"}: ${what}`).join("\n"));
      process.exitCode = EXIT.failed;
    }
    return { to, rows: { ...rows }, runs, events, faults: faults.map((fault) => ({ ...fault })) };
  }
}
