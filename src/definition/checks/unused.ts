import { isObject, type Json } from "../../core/json.js";
import { entriesOf, type StageNode } from "../model.js";
import type { CheckContext } from "./context.js";

/** What is declared and never used. Said only of a file without errors: a misspelt name is one, not two. */
export function checkUnused(context: CheckContext): void {
  const { raw, model, findings, used } = context;
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
  checkStages(context);
}

/** Outputs that a stage is given names for and nobody reads, and stages that work something out for nobody. */
function checkStages({ raw, model, findings, used }: CheckContext): void {
  const needed = new Set(model.stages.flatMap(({ needs }) => needs.flatMap(({ edges }) => edges.map((e) => e.stage))));
  for (const stage of model.stages) {
    const { id, path, type } = stage;
    // Without outputs of the run, its author looks at what the stages say.
    const isRead = raw["outputs"] === undefined || needed.has(stage) || used.hasStage(stage);
    if (!isRead && type?.kind === "pure" && type.guards !== true && stage.raw["set"] === undefined && !handles(stage)) {
      const message = `what \`${id}\` works out is never used`;
      findings.warning(
        "unused",
        { path, part: "key" },
        message,
        "read it in another stage or in `outputs`, or remove it",
      );
      continue;
    }
    if (raw["outputs"] === undefined && !used.hasStage(stage)) continue;
    for (const [name] of entriesOf(stage.raw["outputs"])) {
      if (used.hasOutput(stage, name)) continue;
      const place = { path: [...path, "outputs", name], part: "key" as const };
      findings.warning("unused", place, `output \`${name}\` of \`${id}\` is never used`, "remove it, or use it");
    }
  }
}

/** It follows what would otherwise be the run's end, and need not do more. */
function handles({ needs }: StageNode): boolean {
  return needs.some(({ edges }) => edges.some(({ outcome }) => outcome !== null));
}

function mentions(text: string, root: string, name: string): boolean {
  return text.includes(`${root}.${name}`) || text.includes(`${root}.?${name}`) || text.includes(`${root}[`);
}

/** Every text at the top of an input: the name of an agent or rule set among them. */
function collect(input: Json | undefined, into: Set<string>): void {
  for (const [, value] of entriesOf(input)) if (typeof value === "string") into.add(value);
}
