import { Flags } from "@oclif/core";
import type { AlertRow } from "../../../app.js";
import type { JsonObject } from "../../../core/json.js";
import { alertDocument } from "../../../observe/documents.js";
import { BaseCommand } from "../../command.js";
import { dateOf } from "../../render/lines.js";
import { type Paint, paintFor } from "../../render/style.js";
import { type Column, table } from "../../render/table.js";

const STATUSES = ["pending", "sent", "void", "dead"] as const;

export default class AlertsLs extends BaseCommand {
  static override description =
    "List alerts, the newest first: sent, on their way, over before they were due, given up.";
  static override examples = [
    "<%= config.bin %> alerts ls",
    "<%= config.bin %> alerts ls --status dead --json",
    "<%= config.bin %> alerts ls --run mi9x2k4f",
  ];
  static override flags = {
    status: Flags.option({ options: STATUSES, multiple: true, multipleNonGreedy: true })({
      description: "only alerts that stand so",
    }),
    run: Flags.string({ description: "only alerts of this run", helpValue: "<run>" }),
    limit: Flags.integer({ description: "at most so many", default: 50, min: 1, helpValue: "<number>" }),
  };

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(AlertsLs);
    const app = await this.open(flags);
    const store = await app.existingStore();
    const run = flags.run === undefined ? undefined : (await app.findRun(flags.run)).id;
    const alerts =
      (await store?.listAlerts({
        limit: flags.limit,
        ...(flags.status && { status: flags.status }),
        ...(run !== undefined && { run }),
      })) ?? [];
    const paint = paintFor(process.stdout);
    if (alerts.length > 0) this.print(table(alerts, columns(paint), (head) => paint("dim", head)));
    else this.say("no alerts");
    return { alerts: alerts.map(alertDocument) };
  }
}

function columns(paint: Paint): readonly Column<AlertRow>[] {
  return [
    { title: "AT", cell: ({ at }) => dateOf(at) },
    { title: "ON", cell: ({ on }) => on },
    { title: "RUN", cell: ({ run, workflow }) => `${run} ${paint("dim", workflow)}` },
    { title: "STAGE", cell: ({ stage = "" }) => stage },
    { title: "TO", cell: ({ channel }) => channel },
    { title: "STATUS", cell: ({ status }) => status },
    { title: "TRIES", cell: ({ attempts }) => String(attempts), align: "right" },
    { title: "WHY", cell: ({ error }) => error ?? "" },
  ];
}
