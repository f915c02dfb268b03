import type { JsonObject } from "../../../core/json.js";
import { scheduleDocument } from "../../../observe/documents.js";
import { BaseCommand } from "../../command.js";
import { dateOf } from "../../render/lines.js";
import { scheduleArgs } from "../../schedules.js";

export default class ScheduleResume extends BaseCommand {
  static override description = "Let a paused schedule start runs again, from the next of its times on.";
  static override examples = ["<%= config.bin %> schedule resume report/nightly"];
  static override args = scheduleArgs;

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(ScheduleResume);
    const app = await this.open(flags);
    const schedule = await (await app.scheduler()).resume(args.schedule, Date.now());
    const { nextAt } = schedule.row;
    this.print(nextAt === null ? `${schedule.id} resumed` : `${schedule.id} resumed; next at ${dateOf(nextAt)}`);
    return { schedule: scheduleDocument(schedule) };
  }
}
