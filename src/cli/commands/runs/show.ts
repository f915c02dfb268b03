import { Flags } from "@oclif/core";
import type { JsonObject } from "../../../core/json.js";
import { approvalDocument, viewDocument } from "../../../observe/documents.js";
import { BaseCommand } from "../../command.js";
import { lastFlag, runArgs, runReference } from "../../flags.js";
import { nextCommands } from "../../next.js";
import { detailsOf, EMBEDDED_NOTE, usesEmbedded } from "../../render/run.js";
import { paintFor } from "../../render/style.js";

export default class RunsShow extends BaseCommand {
  static override description = "Show a run and every stage of it: outcome, tries, duration, why.";
  static override examples = ["<%= config.bin %> runs show --last", "<%= config.bin %> runs show 7f3a --json"];
  static override args = runArgs;
  static override flags = {
    all: Flags.boolean({ description: "every item of a long forEach by itself" }),
    ...lastFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(RunsShow);
    const app = await this.open(flags);
    const run = await app.findRun(runReference(args.run, flags.last));
    const [view, store] = await Promise.all([app.view(run.id), app.store()]);
    const approvals = await store.listApprovals({ run: run.id });
    const open = approvals.filter(({ status }) => status === "open");
    this.print(detailsOf(view, paintFor(process.stdout), { all: flags.all }));
    if (usesEmbedded(view)) this.say(`note: ${EMBEDDED_NOTE}`);
    const next = run.endedAt === null ? nextCommands(app.config, view, open) : [`npx stagecraft graph ${run.id}`];
    this.next(...next);
    return { run: viewDocument(view), approvals: approvals.map(approvalDocument), next: [...next] };
  }
}
