import { Flags } from "@oclif/core";
import type { Json, JsonObject } from "../../../core/json.js";
import { approvalDocument, viewDocument } from "../../../observe/documents.js";
import { BaseCommand } from "../../command.js";
import { lastFlag, runArgs, runReference } from "../../flags.js";
import { count } from "../../render/lines.js";
import { writeFile } from "../../write-file.js";

export default class RunsExport extends BaseCommand {
  static override description = "Write a run as one JSON document: its definition, journal, stages and approvals.";
  static override examples = [
    "<%= config.bin %> runs export --last -o run.json",
    "<%= config.bin %> runs export 7f3a | jq '.events[].event.type'",
  ];
  static override args = runArgs;
  static override flags = {
    output: Flags.string({ char: "o", description: "write it there, and not to stdout", helpValue: "<file>" }),
    ...lastFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(RunsExport);
    const app = await this.open(flags);
    const run = await app.findRun(runReference(args.run, flags.last));
    const [view, store] = await Promise.all([app.view(run.id), app.store()]);
    const [definition, events, approvals] = await Promise.all([
      store.getDefinition(run.definition),
      store.readEvents(run.id, 0, run.headSeq),
      store.listApprovals({ run: run.id }),
    ]);
    const { hash, id, version, source } = definition as NonNullable<typeof definition>;
    const document = {
      run: viewDocument(view),
      definition: { hash, id, version, source },
      approvals: approvals.map(approvalDocument),
      events: events as unknown as Json,
    };
    if (flags.output === undefined) {
      this.print(JSON.stringify(document, null, 2));
      return document;
    }
    writeFile(flags.output, `${JSON.stringify(document, null, 2)}\n`);
    this.print(`wrote ${flags.output}: ${count(events.length, "event")}`);
    this.say("it holds the run's data: look through it before you give it away");
    return { file: flags.output, run: run.id, events: events.length };
  }
}
