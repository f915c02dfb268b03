import { isObject, type Json } from "../../core/json.js";
import { entriesOf } from "../model.js";
import type { CheckContext } from "./context.js";

/** What is declared and never used. Said only of a file without errors: a misspelt name is one, not two. */
export function checkUnused({ raw, model, findings, used }: CheckContext): void {
  if (findings.errors > 0) return;
  const shared = JSON.stringify([model.agents, model.rulesets, raw["policies"] ?? null]);
  const warn = (section: string, name: string, index: number | undefined, what: string) => {
    const path = [section, index ?? name];
    const message = `${what} \`${name}\` is never used`;
    findings.warning("unused", { path, part: index === undefined ? "key" : "value" }, message, "remove it, or use it");
  };
  for (const [name] of entriesOf(raw["inputs"])) {
    if (!used.has("inputs", name) && !mentions(shared, "inputs", name)) warn("inputs", name, undefined, "input");
  }
  const set = new Set(model.stages.flatMap((stage) => entriesOf(stage.raw["set"]).map(([name]) => name)));
  for (const [name] of entriesOf(raw["state"])) {
    if (!used.has("state", name) && !set.has(name) && !mentions(shared, "state", name))
      warn("state", name, undefined, "state field");
  }
  for (const [index, name] of (Array.isArray(raw["secrets"]) ? raw["secrets"] : []).entries()) {
    if (!used.has("secrets", String(name)) && !shared.includes(String(name)))
      warn("secrets", String(name), index, "secret");
  }
  const named = new Set<string>();
  for (const { raw: stage } of model.stages) {
    collect(stage["with"], named);
    if (isObject(stage["compensate"])) collect(stage["compensate"]["with"], named);
  }
  for (const section of ["agents", "rulesets"] as const) {
    const what = section === "agents" ? "agent" : "rule set";
    for (const name of Object.keys(model[section])) if (!named.has(name)) warn(section, name, undefined, what);
  }
}

function mentions(text: string, root: string, name: string): boolean {
  return text.includes(`${root}.${name}`) || text.includes(`${root}.?${name}`) || text.includes(`${root}[`);
}

/** Every text at the top of an input: the name of an agent or rule set among them. */
function collect(input: Json | undefined, into: Set<string>): void {
  for (const [, value] of entriesOf(input)) if (typeof value === "string") into.add(value);
}
