import { isObject } from "../../core/json.js";
import type { CheckContext } from "./context.js";

/** A run is slow, and has `after` to say, only in comparison with some time. */
export function checkAlerts({ raw, findings }: CheckContext): void {
  const { alerts } = raw;
  if (!Array.isArray(alerts)) return;
  for (const [index, alert] of alerts.entries()) {
    if (!isObject(alert) || !Array.isArray(alert["on"])) continue;
    const { on, after } = alert;
    const path = ["alerts", index];
    if (on.includes("slow") && after === undefined) {
      findings.error("bad-alert", { path }, "this does not say when a run is slow", "add `after`, such as `after: 2h`");
    } else if (after !== undefined && !on.includes("slow") && !on.includes("waiting")) {
      const message = "`after` belongs to `slow` and `waiting`";
      findings.error("bad-alert", { path: [...path, "after"], part: "key" }, message, "remove it");
    }
  }
}
