import type { KeyView } from "../../../app.js";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { paintFor } from "../../render/style.js";
import { type Column, table } from "../../render/table.js";

export default class KeysLs extends BaseCommand {
  static override hiddenAliases = ["keys:list"];
  static override description =
    "List the keys that data is encrypted with: which secret gives them, and how much they open.";
  static override examples = ["<%= config.bin %> keys ls", "<%= config.bin %> keys ls --json"];

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(KeysLs);
    const keys = await (await this.open(flags)).keys.ls();
    if (keys.length === 0) this.say("nothing is encrypted");
    else this.print(textOf(keys));
    return { keys: keys.map((key) => ({ ...key })) };
  }
}

function textOf(keys: readonly KeyView[]): string {
  const paint = paintFor(process.stdout);
  const columns: Column<KeyView>[] = [
    { title: "KEY", cell: ({ id }) => id },
    { title: "SECRET", cell: ({ name }) => name ?? "" },
    { title: "USE", cell: ({ use }) => use },
    { title: "WRAPS", cell: ({ wraps }) => String(wraps) },
  ];
  return table(keys, columns, (head) => paint("dim", head));
}
