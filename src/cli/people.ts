import type { ApprovalRow } from "../app.js";
import { actorOf, type Config } from "../config.js";
import { type Actor, judge } from "../core/approval.js";

/** A configured user who may decide this now; undefined where nobody is configured or nobody may. */
export function whoMayDecide(config: Config, { request, decisions }: ApprovalRow): string | undefined {
  const [outcome = "approved"] = request.outcomes;
  for (const user of config.users.keys()) {
    const actor = actorOf(config, user, "cli", Date.now()) as Actor;
    if (judge(request, decisions, actor, outcome).accepted) return user;
  }
  return undefined;
}

/** The exact command that approves. */
export function approveCommand(config: Config, approval: ApprovalRow): string {
  const named = approval.request.approvers.filter((approver) => !/^(role|group):/.test(approver));
  const user = whoMayDecide(config, approval) ?? (config.users.size === 0 ? named[0] : undefined);
  return command(`approve ${approval.id}`, user === undefined ? "" : `--as ${user}`);
}

/** A command line that can be copied as it stands. */
export function command(...parts: readonly string[]): string {
  return ["npx stagecraft", ...parts.filter((part) => part !== "")].join(" ");
}
