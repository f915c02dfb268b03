import path from "node:path";
import { Flags } from "@oclif/core";
import type { App } from "../../../app.js";
import type { Json, JsonObject } from "../../../core/json.js";
import { approvalDocument, viewDocument } from "../../../observe/documents.js";
import { BaseCommand } from "../../command.js";
import { lastFlag, runArgs, runReference } from "../../flags.js";
import { nextCommands } from "../../next.js";
import { command } from "../../people.js";
import { detailsOf, EMBEDDED_NOTE, usesEmbedded } from "../../render/run.js";
import { paintFor } from "../../render/style.js";

export default class RunsShow extends BaseCommand {
  static override description = "Show a run and every stage of it: outcome, tries, duration, why.";
  static override examples = ["<%= config.bin %> runs show --last", "<%= config.bin %> runs show 7f3a --json"];
  static override args = runArgs;
  static override flags = {
    all: Flags.boolean({ description: "every item of a long forEach by itself" }),
    archive: Flags.string({ description: "the run in this archive", helpValue: "<file>", exclusive: ["last"] }),
    ...lastFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(RunsShow);
    const app = await this.open(flags);
    const { archive } = flags;
    const { view, approvals } =
      archive === undefined
        ? await kept(app, runReference(args.run, flags.last))
        : await app.upkeep.view(path.resolve(archive));
    const { run } = view;
    const open = approvals.filter(({ status }) => status === "open");
    this.print(detailsOf(view, paintFor(process.stdout), { all: flags.all }));
    if (usesEmbedded(view)) this.say(`note: ${EMBEDDED_NOTE}`);
    const likely = nextCommands(app.config, view, open).filter((one) => !one.includes(" runs show "));
    const inArchive = archive === undefined ? undefined : [command(`db restore ${archive}`)];
    const next = inArchive ?? (run.endedAt === null ? likely : [...likely, command(`graph ${run.id}`)]);
    this.next(...next);
    const notable = view.notable as unknown as Json;
    return { run: { ...viewDocument(view), notable }, approvals: approvals.map(approvalDocument), next: [...next] };
  }
}

async function kept(app: App, reference: string) {
  const { id } = await app.findRun(reference);
  const [view, store] = await Promise.all([app.view(id), app.store()]);
  return { view, approvals: await store.listApprovals({ run: id }) };
}
