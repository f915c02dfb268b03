import { Flags } from "@oclif/core";
import type { RunRow } from "../../../app.js";
import { formatDuration } from "../../../core/duration.js";
import type { RunStatus } from "../../../core/event.js";
import type { JsonObject } from "../../../core/json.js";
import { runDocument, withReasons } from "../../../observe/documents.js";
import { BaseCommand } from "../../command.js";
import { momentFlag } from "../../flags.js";
import { command } from "../../people.js";
import { dateOf } from "../../render/lines.js";
import { paintFor, paintStatus } from "../../render/style.js";
import { table } from "../../render/table.js";

const STATUSES: readonly RunStatus[] = ["queued", "running", "waiting", "paused", "rollingBack", "succeeded"];
const ENDS: readonly RunStatus[] = ["failed", "cancelled", "rolledBack", "rollbackFailed"];

export default class RunsLs extends BaseCommand {
  static override hiddenAliases = ["runs:list"];
  static override description = "List runs, the newest first.";
  static override examples = [
    "<%= config.bin %> runs ls --status waiting",
    "<%= config.bin %> runs ls --since 24h --json",
  ];
  static override flags = {
    status: Flags.option({ options: [...STATUSES, ...ENDS], multiple: true, multipleNonGreedy: true })({
      description: "only runs that stand so",
    }),
    workflow: Flags.string({ description: "only runs of this definition", helpValue: "<id>" }),
    since: Flags.string({ description: "only runs started since; an age or a date", helpValue: "<24h|date>" }),
    limit: Flags.integer({ description: "at most so many", default: 50, min: 1, helpValue: "<number>" }),
  };

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(RunsLs);
    const since = flags.since === undefined ? undefined : momentFlag("since", flags.since, Date.now());
    const app = await this.open(flags);
    const filter = {
      limit: flags.limit,
      ...(flags.status ? { status: flags.status as RunStatus[] } : {}),
      ...(flags.workflow === undefined ? {} : { workflow: flags.workflow }),
      ...(since === undefined ? {} : { since }),
    };
    const store = await app.existingStore();
    const runs = store === undefined ? [] : await withReasons(store, await store.listRuns(filter));
    if (runs.length > 0) this.print(this.#table(runs));
    else this.say(store === undefined ? "no runs: there is no database yet" : "no runs");
    const [newest] = runs;
    if (newest) this.next(command(`runs show ${newest.id}`));
    return { runs: runs.map(runDocument) };
  }

  #table(runs: readonly RunRow[]): string {
    const paint = paintFor(process.stdout);
    return table(
      runs,
      [
        { title: "RUN", cell: ({ id }) => id },
        { title: "WORKFLOW", cell: ({ workflow, version }) => `${workflow} ${paint("dim", version)}` },
        { title: "STATUS", cell: ({ status }) => paintStatus(paint, status) },
        { title: "STARTED", cell: ({ createdAt }) => dateOf(createdAt) },
        {
          title: "TOOK",
          cell: (run) => (run.endedAt ? formatDuration(run.endedAt - run.createdAt) : ""),
          align: "right",
        },
        { title: "STAGES", cell: ({ ended, stages }) => `${ended}/${stages}`, align: "right" },
        { title: "BY", cell: ({ by }) => by },
        { title: "NOTE", cell: ({ error, waitingFor }) => error?.code ?? waitingFor ?? "" },
      ],
      (head) => paint("dim", head),
    );
  }
}
