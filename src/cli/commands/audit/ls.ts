import type { Act } from "../../../app.js";
import type { JsonObject } from "../../../core/json.js";
import { actDocument } from "../../../observe/documents.js";
import { actFilter, actFlags } from "../../audit.js";
import { BaseCommand } from "../../command.js";
import { dateOf } from "../../render/lines.js";
import { paintFor } from "../../render/style.js";
import { type Column, shorten, table } from "../../render/table.js";

export default class AuditLs extends BaseCommand {
  static override hiddenAliases = ["audit:list"];
  static override description = "Say who did what and when: decisions, refusals, agent calls, holds, exports.";
  static override examples = ["<%= config.bin %> audit ls --since 24h", "<%= config.bin %> audit ls --who dana --json"];
  static override flags = actFlags;

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(AuditLs);
    const app = await this.open(flags);
    const acts = await app.audit.acts(actFilter(flags));
    if (acts.length > 0) this.print(this.#table(acts));
    else this.say("nothing happened");
    return { acts: acts.map(actDocument) };
  }

  #table(acts: readonly Act[]): string {
    const paint = paintFor(process.stdout);
    const columns: Column<Act>[] = [
      { title: "AT", cell: ({ at }) => dateOf(at) },
      { title: "WHO", cell: ({ who }) => who },
      { title: "WHAT", cell: ({ what }) => what },
      { title: "RUN", cell: ({ run, seq }) => `${run ?? ""} ${paint("dim", `#${seq}`)}` },
      { title: "STAGE", cell: ({ stage }) => stage ?? "" },
      { title: "DETAIL", cell: ({ detail }) => shorten(textOf(detail), 70) },
    ];
    return table(acts, columns, (head) => paint("dim", head));
  }
}

function textOf(detail: JsonObject): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
