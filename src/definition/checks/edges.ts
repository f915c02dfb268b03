import { isObject } from "../../core/json.js";
import { COMMON_OUTCOMES } from "../../core/plan.js";
import { nearest } from "../../core/suggest.js";
import { valueMeant } from "../foreign-words.js";
import type { EdgeNode, NeedNode, StageNode } from "../model.js";
import type { CheckContext } from "./context.js";

/** Every entry of `needs`: stages that are not there, outcomes that cannot be, edges that say nothing. */
export function checkEdges(context: CheckContext): void {
  for (const stage of context.model.stages) {
    for (const need of stage.needs) {
      for (const edge of need.edges) checkEdge(context, stage, edge);
    }
    checkGroups(context, stage);
    checkRepeated(context, stage);
    checkContradiction(context, stage);
  }
}

function checkEdge({ model, findings }: CheckContext, stage: StageNode, edge: EdgeNode): void {
  const { id, outcome, path } = edge;
  const target = edge.stage;
  if (target === undefined || edge.isGuess) {
    const elsewhere = model.stages.find((other) => other.id === id);
    const close = nearest(
      id,
      stage.graph.stages.map((other) => other.id),
    );
    const help =
      elsewhere !== undefined && stage.graph.role === "finally"
        ? `what stands in \`finally\` starts when the others are over: read \`stages.${id}.outcome\` in an \`if\``
        : elsewhere !== undefined
          ? "edges stay within one graph: need the group that holds it, or a stage beside this one"
          : close !== undefined
            ? `did you mean \`${close}\`?`
            : undefined;
    findings.error("unknown-stage", { path }, `there is no stage \`${id}\` here`, help);
    return;
  }
  if (target === stage) {
    findings.error("self-need", { path }, `\`${id}\` cannot wait for itself`, "to do a stage again, use `repeat`");
    return;
  }
  if (target.type === undefined) return;
  if (outcome === null) {
    if (hasPlainOutcome(target)) return;
    const help = `name one, or \`${id}.done\` for any end`;
    findings.error("ambiguous-need", { path }, `\`${id}\` ends with ${orList(target.outcomes)}`, help);
  } else if (!mayEnd(target, outcome)) {
    const all = [...target.outcomes, ...COMMON_OUTCOMES.slice(1), "done"];
    // What a type ends with may hang on an input that is itself wrong.
    if (typeof target.type.outcomes === "function" && findings.hasErrorAt([...target.path, "with"])) return;
    const close = valueMeant(outcome, all) ?? nearest(outcome, all);
    const help = target.inner?.byId.has(outcome)
      ? `\`${outcome}\` is inside of \`${id}\`: need \`${id}\`, which ends after it`
      : `${close === undefined ? "" : `did you mean \`${id}.${close}\`? `}it ends with ${orList(all.slice(0, -1))}`;
    findings.error("unknown-outcome", { path }, `\`${id}\` never ends with \`${outcome}\``, help);
  }
}

/** `anyOf` and `settled`: exactly one of them, and a count that can be reached. */
function checkGroups({ findings }: CheckContext, stage: StageNode): void {
  const written = stage.raw["needs"];
  if (!Array.isArray(written)) return;
  for (const [index, entry] of written.entries()) {
    if (!isObject(entry)) continue;
    const path = [...stage.path, "needs", index];
    const keys = ["anyOf", "settled"].filter((key) => Object.hasOwn(entry, key));
    if (keys.length !== 1) {
      const help = "`anyOf` holds at once, `settled` when all are decided: one of them an entry";
      findings.error(
        "bad-need",
        { path },
        keys.length === 0 ? "this entry names no stage" : "both anyOf and settled",
        help,
      );
      continue;
    }
    for (const key of ["count", "rest"]) {
      if (keys[0] !== "settled" || !Object.hasOwn(entry, key)) continue;
      findings.error("bad-need", { path: [...path, key], part: "key" }, `\`${key}\` goes with \`anyOf\` only`);
    }
    const edges = entry["anyOf"];
    const count = entry["count"];
    if (Array.isArray(edges) && typeof count === "number" && count > edges.length) {
      const message = `${count} of ${edges.length} can never hold`;
      findings.error("bad-need", { path: [...path, "count"] }, message, `at most ${edges.length}`);
    }
  }
}

function checkRepeated({ findings }: CheckContext, stage: StageNode): void {
  const alone = new Set<string>();
  for (const need of stage.needs) {
    const seen = need.mode === "all" ? alone : new Set<string>();
    for (const { text, path } of need.edges) {
      if (seen.has(text))
        findings.error("duplicate-need", { path }, `\`${text}\` is needed twice`, "remove one of the two");
      seen.add(text);
    }
  }
}

/** One stage ends with one outcome: two entries that ask it for different ones never hold together. */
function checkContradiction({ findings }: CheckContext, stage: StageNode): void {
  const first = new Map<StageNode, EdgeNode>();
  for (const edge of stage.needs.filter(isSingle).map(({ edges }) => edges[0] as EdgeNode)) {
    const target = edge.isGuess ? undefined : edge.stage;
    if (target?.type === undefined || (edge.outcome !== null && !mayEnd(target, edge.outcome))) continue;
    const other = first.get(target);
    if (other === undefined) first.set(target, edge);
    else if (!holdingOutcomes(edge).some((outcome) => holdingOutcomes(other).includes(outcome))) {
      const message = `\`${other.text}\` and \`${edge.text}\` never hold together`;
      findings.error(
        "contradictory-need",
        { path: edge.path },
        message,
        `a stage ends once: { anyOf: [${other.text}, ${edge.text}] }`,
      );
    }
  }
}

function isSingle({ edges, mode }: NeedNode): boolean {
  return edges.length === 1 && mode !== "settled";
}

function holdingOutcomes({ stage, outcome }: EdgeNode): readonly string[] {
  const ends = [...(stage?.outcomes ?? []), ...COMMON_OUTCOMES];
  if (outcome === null) return ["succeeded", "skipped"];
  return outcome === "done" ? ends.filter((end) => end !== "omitted") : [outcome];
}

function hasPlainOutcome({ outcomes }: StageNode): boolean {
  return outcomes.length === 1 && outcomes[0] === "succeeded";
}

function mayEnd({ outcomes }: StageNode, outcome: string): boolean {
  if (outcome === "done" || outcomes.includes(outcome)) return true;
  return outcome !== "succeeded" && (COMMON_OUTCOMES as readonly string[]).includes(outcome);
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
