import type { ApprovalRow, RunView } from "../app.js";
import type { Config } from "../config.js";
import { approveCommand, command } from "./people.js";

/** What a person would do now with this run, as commands that can be copied, the likeliest first. */
export function nextCommands(
  config: Config,
  { run, stages }: RunView,
  approvals: readonly ApprovalRow[],
): readonly string[] {
  const id = run.id;
  switch (run.status) {
    case "succeeded":
    case "cancelled":
    case "rolledBack":
      return [command(`runs show ${id}`)];
    case "failed":
      return [command(`runs show ${id}`), command(`retry ${id}`)];
    case "rollbackFailed":
      return [command(`runs show ${id}`), command(`rollback ${id}`)];
    case "paused": {
      const held = stages.find(({ status }) => status === "held");
      if (!held) return [command(`resume ${id}`), command(`cancel ${id}`)];
      return [command(`retry ${id} --stage ${held.path}`), command(`skip ${id} --stage ${held.path}`)];
    }
    default:
      if (approvals.length > 0) return approvals.map((approval) => approveCommand(config, approval));
      return [command(`resume ${id}`)];
  }
}
