import fs from "node:fs";
import { Flags } from "@oclif/core";
import type { JsonObject } from "../../../core/json.js";
import { actFilter, actFlags } from "../../audit.js";
import { BaseCommand } from "../../command.js";
import { asFlag } from "../../flags.js";
import { command } from "../../people.js";

export default class AuditExport extends BaseCommand {
  static override description =
    "Write the audit trail to a file, and its signature and the heads of all chains to FILE.sig.";
  static override examples = [
    "<%= config.bin %> audit export --out audit.jsonl",
    "<%= config.bin %> audit export --format csv --out november.csv --since 2026-11-01",
  ];
  static override flags = {
    out: Flags.string({ description: "file to write", required: true, helpValue: "<file>" }),
    format: Flags.option({ options: ["jsonl", "csv"] as const, default: "jsonl" as const })({
      description: "JSON Lines, or a table for a spreadsheet",
    }),
    ...actFlags,
    ...asFlag,
  };

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(AuditExport);
    const app = await this.open(flags);
    const by = app.actor(flags.as).user;
    const { text, seal } = await app.audit.export(actFilter(flags), flags.format, by);
    fs.writeFileSync(flags.out, text);
    fs.writeFileSync(`${flags.out}.sig`, `${JSON.stringify(seal, null, 2)}\n`);
    this.print(`${flags.out} and ${flags.out}.sig, signed with key ${seal.key}`);
    this.next(command(`audit verify --export ${flags.out}`));
    return { file: flags.out, signature: `${flags.out}.sig`, key: seal.key, sha256: seal.sha256 };
  }
}
