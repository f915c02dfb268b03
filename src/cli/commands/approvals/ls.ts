import { Flags } from "@oclif/core";
import type { ApprovalFilter, ApprovalRow } from "../../../app.js";
import { formatDuration } from "../../../core/duration.js";
import type { JsonObject } from "../../../core/json.js";
import { approvalDocument } from "../../../observe/documents.js";
import { BaseCommand } from "../../command.js";
import { approveCommand } from "../../people.js";
import { paintFor } from "../../render/style.js";
import { shorten, table } from "../../render/table.js";

export default class ApprovalsLs extends BaseCommand {
  static override hiddenAliases = ["approvals:list"];
  static override description = "List what waits for a person, the oldest first.";
  static override examples = ["<%= config.bin %> approvals ls", "<%= config.bin %> approvals ls --all --json"];
  static override flags = {
    all: Flags.boolean({ description: "decided, expired and closed ones too" }),
    run: Flags.string({ description: "only those of this run", helpValue: "<run>" }),
  };

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(ApprovalsLs);
    const app = await this.open(flags);
    const run = flags.run === undefined ? undefined : (await app.findRun(flags.run)).id;
    const filter: ApprovalFilter = {
      ...(flags.all ? {} : { status: ["open"] }),
      ...(run === undefined ? {} : { run }),
    };
    const store = await app.existingStore();
    const approvals = (await store?.listApprovals(filter)) ?? [];
    if (approvals.length > 0) this.print(this.#table(approvals));
    else this.say(`nothing waits for a person${store === undefined ? ": there is no database yet" : ""}`);
    const oldest = approvals.find(({ status }) => status === "open");
    if (oldest) this.next(`npx stagecraft approvals show ${oldest.id}`, approveCommand(app.config, oldest));
    return { approvals: approvals.map(approvalDocument) };
  }

  #table(approvals: readonly ApprovalRow[]): string {
    const paint = paintFor(process.stdout);
    const now = Date.now();
    return table(
      approvals,
      [
        { title: "APPROVAL", cell: ({ id }) => id },
        { title: "STATUS", cell: ({ status, outcome }) => outcome ?? status },
        { title: "WORKFLOW", cell: ({ workflow, stage }) => `${workflow} ${paint("dim", stage)}` },
        { title: "TITLE", cell: ({ request }) => shorten(request.title, 60) },
        { title: "BY", cell: ({ request }) => request.approvers.join(", ") },
        { title: "WAITS", cell: (row) => formatDuration((row.settledAt ?? now) - row.openedAt), align: "right" },
        {
          title: "EXPIRES",
          cell: (row) =>
            row.expiresAt && row.status === "open" ? `in ${formatDuration(Math.max(0, row.expiresAt - now))}` : "",
        },
      ],
      (head) => paint("dim", head),
    );
  }
}
