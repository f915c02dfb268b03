import type { JsonObject } from "../../../core/json.js";
import { scheduleDocument } from "../../../observe/documents.js";
import { BaseCommand } from "../../command.js";
import { asFlag } from "../../flags.js";
import { scheduleArgs } from "../../schedules.js";

export default class SchedulePause extends BaseCommand {
  static override description = "Keep a schedule from starting runs until somebody resumes it.";
  static override examples = ["<%= config.bin %> schedule pause report/nightly"];
  static override args = scheduleArgs;
  static override flags = asFlag;

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(SchedulePause);
    const app = await this.open(flags);
    const { user } = app.actor(flags.as);
    const schedule = await (await app.scheduler()).pause(args.schedule, user, Date.now());
    this.print(`${schedule.id} paused by ${user}`);
    this.next(`npx stagecraft schedule resume ${schedule.id}`);
    return { schedule: scheduleDocument(schedule) };
  }
}
