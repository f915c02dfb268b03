import type { Schedule } from "../../../app.js";
import type { JsonObject } from "../../../core/json.js";
import { scheduleDocument, whenOf } from "../../../observe/documents.js";
import { BaseCommand } from "../../command.js";
import { dateOf } from "../../render/lines.js";
import { paintFor } from "../../render/style.js";
import { table } from "../../render/table.js";

export default class ScheduleLs extends BaseCommand {
  static override hiddenAliases = ["schedule:list", "triggers:ls", "triggers:list"];
  static override description = "List what starts runs by itself: when it fires next, what it started last.";
  static override examples = ["<%= config.bin %> schedule ls", "<%= config.bin %> schedule ls --json"];

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(ScheduleLs);
    const app = await this.open(flags);
    const schedules = await (await app.scheduler()).schedules(Date.now());
    if (schedules.length === 0) {
      this.say("no definition has triggers");
    } else {
      this.print(textOf(schedules));
      this.next("npx stagecraft worker");
    }
    return { schedules: schedules.map(scheduleDocument) };
  }
}

function textOf(schedules: readonly Schedule[]): string {
  const paint = paintFor(process.stdout);
  const time = (at: number | null) => (at === null ? "" : dateOf(at));
  return table(
    schedules,
    [
      { title: "SCHEDULE", cell: ({ id }) => id },
      { title: "WHEN", cell: whenOf },
      {
        title: "NEXT",
        cell: ({ row }) => (row.pausedBy === null ? time(row.nextAt) : paint("yellow", `paused by ${row.pausedBy}`)),
      },
      { title: "LAST", cell: ({ row }) => time(row.lastAt) },
      { title: "RUN", cell: ({ row }) => row.lastRun ?? "" },
      { title: "NOTE", cell: ({ row }) => (row.lastError === null ? "" : paint("red", row.lastError)) },
    ],
    (head) => paint("dim", head),
  );
}
