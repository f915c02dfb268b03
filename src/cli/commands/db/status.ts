import type { StoreStatus } from "../../../app.js";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { bytesText } from "../../render/bytes.js";

export default class DbStatus extends BaseCommand {
  static override description =
    "Show what the database is kept in: schema, sizes, settings as read back, runs by status.";
  static override examples = ["<%= config.bin %> db status", "<%= config.bin %> db status --json"];

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(DbStatus);
    const app = await this.open(flags);
    const { dbShown: db } = app.config;
    const store = await app.existingStore();
    if (store === undefined) {
      this.say(`there is no database ${db} yet`);
      return { db, exists: false };
    }
    const status = await store.status();
    this.print(textOf(db, status));
    const { driver, schema, bytes, settings, runs, counts } = status;
    return { db, exists: true, driver, schema, bytes, settings, runs, counts };
  }
}

function textOf(db: string, { driver, schema, bytes, settings, runs, counts }: StoreStatus): string {
  const list = (values: Readonly<Record<string, number | string>>) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ");
  const sizes = Object.fromEntries(Object.entries(bytes).map(([name, value]) => [name, bytesText(value)]));
  const rows = [
    ["database", db],
    ["driver", driver],
    ["schema", String(schema)],
    ["sizes", list(sizes)],
    ["settings", list(settings)],
    ["runs", list(runs) || "none"],
    ["holds", list(counts)],
  ] as const;
  return rows.map(([name, value]) => `${name.padEnd(9)} ${value}`).join("\n");
}
