import type { ApprovalRow, RunView } from "../app.js";
import type { Config } from "../config.js";
import { asksForMoney } from "../core/budget.js";
import type { Failure } from "../core/errors.js";
import { isObject } from "../core/json.js";
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
      if (held.error && asksForMoney(held.error))
        return [command(`resume ${id}${raised(held.error)}`), command(`cancel ${id}`)];
      return [command(`retry ${id} --stage ${held.path}`), command(`skip ${id} --stage ${held.path}`)];
    }
    default:
      if (approvals.length > 0) return approvals.map((approval) => approveCommand(config, approval));
      return [command(`resume ${id}`)];
  }
}

/** The least that lets one more call be made; nothing where the limit is not the run's to raise. */
function raised({ details }: Failure): string {
  if (!isObject(details) || details["scope"] === "day" || details["scope"] === "workflow") return "";
  const { usd, tokens } = isObject(details["needed"]) ? details["needed"] : {};
  const budget = typeof usd === "number" && usd > 0 ? ` --budget ${(Math.ceil(usd * 100) / 100).toFixed(2)}` : "";
  return `${budget}${typeof tokens === "number" && tokens > 0 ? ` --tokens ${tokens}` : ""}`;
}
