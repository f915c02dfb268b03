import { isObject, type JsonObject } from "../../core/json.js";
import { nearest } from "../../core/suggest.js";
import type { StageInfo, StageType } from "../../plugin/api.js";
import type { Path } from "../findings.js";
import { infoOf, type StageNode } from "../model.js";
import { checkAgainst, inputSchema } from "../written.js";
import type { CheckContext } from "./context.js";

/** The stage type of every stage and every `compensate`: that it exists, and what it says of its input. */
export function checkStageTypes(context: CheckContext): void {
  for (const stage of context.model.stages) {
    if (stage.uses !== undefined) checkUse(context, stage.path, stage.raw, stage.type, stage.info);
    checkStructure(context, stage);
    const undo = stage.raw["compensate"];
    if (isObject(undo)) checkCompensate(context, stage, undo);
  }
}

function checkUse(
  context: CheckContext,
  path: Path,
  body: JsonObject,
  type: StageType | undefined,
  info: StageInfo,
): void {
  if (type === undefined) {
    const names = [...context.registry.stages.keys()].sort();
    const close = nearest(String(body["uses"]), names);
    const help = close === undefined ? `known here: ${names.join(", ")}` : `did you mean \`${close}\`?`;
    context.findings.error(
      "unknown-stage-type",
      { path: [...path, "uses"] },
      `there is no stage type \`${String(body["uses"])}\``,
      help,
    );
    return;
  }
  if (!context.registry.allows(type)) {
    context.findings.error(
      "shell-not-allowed",
      { path: [...path, "uses"] },
      `this project does not allow stages of the type \`${type.name}\``,
      "whoever operates it can: `allow: { shell: true }` in stagecraft.config.yaml",
    );
  }
  if (body["with"] !== undefined && !isObject(body["with"])) return;
  checkAgainst(inputSchema(context, type, info.with), info.with, [...path, "with"], context.findings);
  checkByType(context, path, type, info);
}

/** What the type itself finds. */
function checkByType({ findings }: CheckContext, path: Path, type: StageType, info: StageInfo): void {
  if (type.check === undefined || findings.hasErrorAt([...path, "with"])) return;
  let issues: ReturnType<typeof type.check>;
  try {
    issues = type.check(info);
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    findings.error(
      "plugin-check-failed",
      { path: [...path, "uses"] },
      `stage type \`${type.name}\` could not check this: ${reason}`,
    );
    return;
  }
  for (const { code, severity, message, help, path: below, atKey, atRoot } of issues) {
    // What is said of the whole of something follows from what is wrong inside it.
    if (atRoot === true && findings.hasErrorAt(below)) continue;
    const place = {
      path: atRoot === true ? below : [...path, ...below],
      part: atKey === true ? ("key" as const) : ("value" as const),
    };
    findings[severity](code, place, message, help);
  }
}

/** What only some kinds of stage may carry, and where they may stand. */
function checkStructure({ findings }: CheckContext, stage: StageNode): void {
  const kind = stage.type?.kind;
  if (kind === undefined) return;
  const { path, raw } = stage;
  if (kind === "group" && raw["stages"] === undefined) {
    findings.error(
      "missing-key",
      { path, part: "key" },
      "`stages` is missing",
      "a group has a graph of its own under `stages`",
    );
  }
  if (kind !== "group" && raw["stages"] !== undefined) {
    findings.error(
      "misplaced-key",
      { path: [...path, "stages"], part: "key" },
      "`stages` goes with `uses: group` only",
    );
  }
  if (kind === "end") checkEnd(findings, stage);
}

function checkEnd(findings: CheckContext["findings"], { path, raw, graph }: StageNode): void {
  for (let up: typeof graph | undefined = graph; up !== undefined; up = up.owner?.graph) {
    if (up.role !== "finally") continue;
    findings.error(
      "misplaced-end",
      { path: [...path, "uses"] },
      "`finally` cannot end the run: it is about to end already",
    );
  }
  for (const key of ["forEach", "repeat", "compensate", "retry"]) {
    if (raw[key] === undefined) continue;
    findings.error("misplaced-key", { path: [...path, key], part: "key" }, `\`${key}\` has no meaning for \`end\``);
  }
}

function checkCompensate(context: CheckContext, stage: StageNode, undo: JsonObject): void {
  if (typeof undo["uses"] !== "string") return;
  const path = [...stage.path, "compensate"];
  const type = context.registry.stages.get(undo["uses"]);
  checkUse(context, path, undo, type, infoOf(undo, context.model, context.registry));
  if (type === undefined || type.kind === "effect" || type.kind === "pure") return;
  const message = `\`${type.name}\` cannot undo a stage: it waits or opens a graph`;
  context.findings.error(
    "bad-compensate",
    { path: [...path, "uses"] },
    message,
    "use a stage type that does its work at once",
  );
}
