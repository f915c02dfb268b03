import { Flags } from "@oclif/core";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { EXIT } from "../../exit.js";
import { lastFlag, runArgs, runReference } from "../../flags.js";
import { count } from "../../render/lines.js";
import { paintFor } from "../../render/style.js";

export default class AuditVerify extends BaseCommand {
  static override description =
    "Prove that journals and audit trail are what was written, or name each row that was changed, removed, added or moved.";
  static override examples = [
    "<%= config.bin %> audit verify --all",
    "<%= config.bin %> audit verify --export audit.jsonl --public-key audit-key.pem.pub",
  ];
  static override args = runArgs;
  static override flags = {
    all: Flags.boolean({ description: "every run; so it is without a run, too" }),
    export: Flags.string({
      description: "an exported file: its signature, and what it says of the chains",
      helpValue: "<file>",
    }),
    "public-key": Flags.string({ description: "with --export: the key to trust", helpValue: "<file>" }),
    ...lastFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(AuditVerify);
    const { audit } = await this.open(flags);
    const one = args.run !== undefined || flags.last ? runReference(args.run, flags.last) : undefined;
    const { runs, events, faults } =
      flags.export === undefined
        ? await audit.verify(flags.all ? undefined : one)
        : await audit.verifyExport(flags.export, flags["public-key"]);
    const paint = paintFor(process.stdout);
    for (const { run, seq, kind, what } of faults) {
      const place = [...(run === null ? [] : [`run ${run}`]), ...(seq === 0 ? [] : [`seq ${seq}`])];
      this.print(`${paint("red", kind)}${place.map((part) => ` ${part}`).join("")}: ${what}`);
    }
    if (faults.length === 0)
      this.print(`${paint("green", "proven")}: ${count(runs, "run")}, ${count(events, "event")}`);
    else process.exitCode = EXIT.failed;
    return { proven: faults.length === 0, runs, events, faults: faults.map((fault) => ({ ...fault })) };
  }
}
