import type { RunView, StageView } from "../../app.js";
import { isObject } from "../../core/json.js";
import { explainText } from "../render/explain.js";
import { count } from "../render/lines.js";
import { show, standingOf } from "../render/run.js";
import { type Paint, paintStatus, signOf } from "../render/style.js";
import { shorten, width } from "../render/table.js";
import type { Case } from "./cases.js";

/** How one run went: its way through the graph, what came out, and why. */
export function storyOf(view: RunView, { definition, about }: Case, paint: Paint, columns: number): string {
  const { run, stages } = view;
  const lines = [`${paint("bold", definition)}: ${about}  ${paintStatus(paint, run.status)}  ${paint("dim", run.id)}`];
  lines.push(...wayOf(stages, paint, columns));
  if (run.error) lines.push(`  ${paint("red", `${run.error.message} [${run.error.code}]`)}`);
  const results = Object.entries(run.outputs ?? {});
  const pad = Math.max(0, ...results.map(([name]) => name.length));
  for (const [name, value] of results) {
    lines.push(`  ${paint("dim", name.padEnd(pad))}  ${shorten(show(value), Math.max(40, columns - pad - 6))}`);
  }
  for (const stage of stages) {
    const because = ruleOf(stage);
    if (because) lines.push(`  ${paint("dim", "because")}  ${because}`);
  }
  return lines.join("\n");
}

/** What a decision table said, and by which rows: `approvalTier 12: row 6 → tier director`. */
function ruleOf({ uses, explain, outputs }: StageView): string | undefined {
  if (uses !== "rules" || explain === undefined) return undefined;
  const said = isObject(outputs) ? Object.entries(outputs).filter(([name]) => name !== "matched") : [];
  const plain = said.filter(([, value]) => typeof value !== "object");
  const result = plain.map(([name, value]) => `${name} ${show(value)}`).join(", ");
  return explainText(explain) + (result === "" ? "" : ` → ${result}`);
}

/** The stages of the outermost graph that were reached, in order of their ends, and how many were not. */
function wayOf(stages: readonly StageView[], paint: Paint, columns: number): readonly string[] {
  const outer = stages.filter(({ path }) => !/[/[#]/.test(path));
  const reached = outer.filter((stage) => stage.outcome !== "omitted" && standingOf(stage) !== "pending");
  const steps = [...reached].sort((a, b) => (a.endedAt ?? Number.MAX_VALUE) - (b.endedAt ?? Number.MAX_VALUE));
  const words = steps.map((stage) => {
    const standing = standingOf(stage);
    const [sign, format] = signOf(standing);
    const told = standing === "succeeded" ? "" : ` ${standing}`;
    return `${paint(format, sign)} ${stage.path}${paint(format, told)}`;
  });
  const rest = outer.length - reached.length;
  if (rest > 0) words.push(paint("dim", `${count(rest, "stage")} not on this way`));
  return wrap(words, paint("dim", " → "), columns - 2).map((line) => `  ${line}`);
}

function wrap(words: readonly string[], joint: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    const longer = line === "" ? word : line + joint + word;
    if (line !== "" && width(longer) > columns) {
      lines.push(line + joint.trimEnd());
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
