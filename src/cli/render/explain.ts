import { isObject, type Json, type JsonObject } from "../../core/json.js";

/** Why a stage came to its result, on one line. Rules and agents in words, anything else as JSON. */
export function explainText(explain: Json): string {
  if (!isObject(explain)) return typeof explain === "string" ? explain : JSON.stringify(explain);
  if (typeof explain["ruleset"] === "string") return rulesText(explain);
  if (typeof explain["agent"] === "string") return agentText(explain);
  return JSON.stringify(explain);
}

/** `approvalTier 12: row 6`. */
function rulesText({ ruleset, version, matched, usedDefault }: JsonObject): string {
  const rows = (Array.isArray(matched) ? matched : []).map((match) => (isObject(match) ? match["row"] : match));
  const found = rows.length === 0 ? "no row" : `${rows.length === 1 ? "row" : "rows"} ${rows.join(", ")}`;
  return `${ruleset}${version === undefined ? "" : ` ${version}`}: ${usedDefault === true ? "the default" : found}`;
}

/** `approvalManager by embedded-extractor-1, 3 turns`, then what it warned of. */
function agentText({ agent, model, provider, turns, warnings }: JsonObject): string {
  const more = typeof turns === "number" && turns > 1 ? `, ${turns} turns` : "";
  const warned = Array.isArray(warnings) && warnings.length > 0 ? ` (${warnings.join("; ")})` : "";
  return `${agent} by ${model ?? provider ?? "its provider"}${more}${warned}`;
}
