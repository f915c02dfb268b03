import type { ApprovalRow } from "../../app.js";
import { dateOf } from "./lines.js";
import { show } from "./run.js";
import { type Paint, paintStatus } from "./style.js";

/** An approval with all that its decider is shown. */
export function approvalText(approval: ApprovalRow, paint: Paint): string {
  const { request, decisions } = approval;
  const status = approval.outcome ?? (approval.status === "open" ? "waiting" : approval.status);
  const facts: [string, string][] = [
    ["run", `${approval.run} ${paint("dim", `${approval.workflow} ${approval.stage}`)}`],
    ["approvers", request.approvers.join(", ")],
    ...(request.forbid.length > 0 ? [["not by", request.forbid.join(", ")] as [string, string]] : []),
    ["quorum", `${request.quorum.approve} to approve, ${request.quorum.reject} to reject`],
    ["outcomes", request.outcomes.join(", ")],
    ["opened", dateOf(approval.openedAt)],
    ...(request.escalate === undefined
      ? []
      : [
          ["escalates", `${dateOf(request.escalate.at)} to ${request.escalate.approvers.join(", ")}`] as [
            string,
            string,
          ],
        ]),
    ...(approval.expiresAt === null ? [] : [["expires", dateOf(approval.expiresAt)] as [string, string]]),
  ];
  const lines = [`${paint("bold", request.title)} ${paintStatus(paint, status)}  ${paint("dim", approval.id)}`];
  if (request.message)
    lines.push(
      ...request.message
        .trimEnd()
        .split("\n")
        .map((line) => `  ${line}`),
    );
  lines.push("", ...facts.map(([name, value]) => `  ${paint("dim", name.padEnd(9))}  ${value}`));
  if (request.show !== undefined) {
    const shown = typeof request.show === "string" ? request.show : JSON.stringify(request.show, null, 2);
    lines.push("", paint("dim", "  shown to the decider"), ...shown.split("\n").map((line) => `  ${line}`));
  }
  for (const decision of decisions) {
    const { by, onBehalfOf, via, at, outcome, comment, data } = decision;
    const more = [comment, data === undefined ? undefined : show(data)].filter((part) => part !== undefined);
    lines.push(
      "",
      `  ${paintStatus(paint, outcome)} by ${by}${onBehalfOf ? ` for ${onBehalfOf}` : ""} (${via}) ${dateOf(at)}${more.length > 0 ? `: ${more.join(" ")}` : ""}`,
    );
  }
  return lines.join("\n");
}
