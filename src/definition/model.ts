import { isObject, type Json, type JsonObject } from "../core/json.js";
import { nearest } from "../core/suggest.js";
import { workflowTools } from "../core/tool-name.js";
import type { StageInfo, StageType } from "../plugin/api.js";
import type { Registry } from "../plugin/registry.js";
import type { Path } from "./findings.js";
import { STAGE_ID_PATTERN } from "./schema/common.js";
import { keyMeant } from "./schema-words.js";

/**
 * The graph as written, read leniently: what has the wrong shape is left out here and said by the schema, so that
 * every check can run over every file.
 */
export interface Model {
  readonly raw: JsonObject;
  readonly main: GraphNode;
  readonly finally: GraphNode | undefined;
  /** Every stage of every graph, in file order, a group before what is inside it. */
  readonly stages: readonly StageNode[];
  /** Name to definition, files already read in. */
  readonly agents: Readonly<Record<string, JsonObject>>;
  readonly rulesets: Readonly<Record<string, JsonObject>>;
}

export interface GraphNode {
  readonly path: Path;
  readonly role: "main" | "finally" | "inner";
  /** The group it belongs to. */
  readonly owner: StageNode | undefined;
  /** From 1 for the run's own graph. */
  readonly depth: number;
  readonly stages: readonly StageNode[];
  readonly byId: ReadonlyMap<string, StageNode>;
}

export interface StageNode {
  readonly id: string;
  readonly index: number;
  readonly path: Path;
  readonly raw: JsonObject;
  readonly graph: GraphNode;
  readonly uses: string | undefined;
  /** Undefined: no such type, or none was named. */
  readonly type: StageType | undefined;
  readonly info: StageInfo;
  /** What it ends with when it did its work. */
  readonly outcomes: readonly string[];
  /** Of one item with `forEach`; the same without it. */
  readonly itemOutcomes: readonly string[];
  readonly needs: readonly NeedNode[];
  readonly inner: GraphNode | undefined;
}

export interface NeedNode {
  readonly mode: "all" | "anyOf" | "settled";
  readonly count: number;
  readonly rest: "keep" | "cancel";
  readonly path: Path;
  readonly edges: readonly EdgeNode[];
}

export interface EdgeNode {
  readonly text: string;
  readonly path: Path;
  readonly id: string;
  /** Null: the plain edge. */
  readonly outcome: string | null;
  readonly stage: StageNode | undefined;
  /** There is no stage of that id: `stage` is the one most likely meant. */
  readonly isGuess: boolean;
}

const STAGE_ID = new RegExp(STAGE_ID_PATTERN);

/** Whether expressions and `needs` can name a stage, or an outcome, so. */
export function isStageId(text: string): boolean {
  return STAGE_ID.test(text);
}

/**
 * How expressions are read that name a stage by an id that is none: `stages.fetch-data` would be a subtraction, and what
 * follows from that would be said beside what is wrong. As long as the id, so that places stay what they are.
 */
export function readableId(id: string): string {
  return id.replace(/^[^A-Za-z_]|[^A-Za-z0-9_]/g, "_");
}

/** What stages share, files already read in. */
export type Parts = Pick<Model, "agents" | "rulesets">;

/** Object-valued entries of a mapping; anything else is none. */
export function entriesOf(value: Json | undefined): [string, Json][] {
  return isObject(value) ? Object.entries(value) : [];
}

/** A model of `raw`, its agents and rule sets given with their files read in; `inline` does the same for a stage's input. */
export function buildModel(
  raw: JsonObject,
  registry: Registry,
  parts: Parts,
  inline: (input: JsonObject, path: Path) => JsonObject,
): Model {
  const stages: StageNode[] = [];
  const surroundings = surroundingsOf(parts, registry);

  function graphOf(value: Json | undefined, path: Path, role: GraphNode["role"], owner?: StageNode): GraphNode {
    const list: StageNode[] = [];
    const byId = new Map<string, StageNode>();
    const depth = owner === undefined ? 1 : owner.graph.depth + 1;
    const graph: GraphNode = { path, role, owner, depth, stages: list, byId };
    for (const [id, body] of entriesOf(value)) {
      const stage = stageOf(id, isObject(body) ? body : {}, graph, list.length);
      list.push(stage);
      byId.set(id, stage);
      if (!isStageId(id)) byId.set(readableId(id), stage);
    }
    for (const stage of list) (stage as { needs: readonly NeedNode[] }).needs = needsOf(stage);
    return graph;
  }

  function stageOf(id: string, body: JsonObject, graph: GraphNode, index: number): StageNode {
    const uses = typeof body["uses"] === "string" ? body["uses"] : undefined;
    const type = uses === undefined ? undefined : registry.stages.get(uses);
    const path = [...graph.path, id];
    const input = isObject(body["with"]) ? inline(body["with"], [...path, "with"]) : {};
    const info: StageInfo = { with: input, ...surroundings };
    const itemOutcomes = outcomesOf(type, info);
    const outcomes = body["forEach"] === undefined ? itemOutcomes : ["succeeded"];
    const ends = { outcomes, itemOutcomes };
    const stage = { id, index, path, raw: body, graph, uses, type, info, ...ends, needs: [], inner: undefined };
    stages.push(stage);
    if (body["stages"] !== undefined) {
      (stage as { inner: GraphNode | undefined }).inner = graphOf(body["stages"], [...path, "stages"], "inner", stage);
    }
    return stage;
  }

  const key = keyMeant(raw, "stages") ?? "stages";
  const main = graphOf(raw[key], [key], "main");
  const last = raw["finally"] === undefined ? undefined : graphOf(raw["finally"], ["finally"], "finally");
  return { raw, main, finally: last, stages, ...parts };
}

/** What a stage type may know of a body before it runs. */
export function infoOf(body: JsonObject, parts: Parts, registry: Registry): StageInfo {
  return { with: isObject(body["with"]) ? body["with"] : {}, ...surroundingsOf(parts, registry) };
}

/** The part of it that is the same for all stages. */
function surroundingsOf(
  { agents, rulesets }: Parts,
  { providers, tools, notifiers }: Registry,
): Omit<StageInfo, "with"> {
  return {
    agents,
    rulesets,
    providers: [...providers.keys()],
    tools: [...tools.keys(), ...workflowTools(agents).map(({ name }) => name)],
    notifiers: [...notifiers.keys()],
  };
}

function outcomesOf(type: StageType | undefined, info: StageInfo): readonly string[] {
  if (type?.outcomes === undefined) return ["succeeded"];
  if (typeof type.outcomes !== "function") return type.outcomes;
  try {
    // `with` may be half written: a type that stumbles over it says so in its own check, or its schema does.
    return type.outcomes(info);
  } catch {
    return ["succeeded"];
  }
}

function needsOf(stage: StageNode): NeedNode[] {
  // By a wrong word, or without its brackets, it is told apart from no needs: what follows from those is not said then.
  const key = keyMeant(stage.raw, "needs");
  const value = key === undefined ? undefined : stage.raw[key];
  if (key === undefined || (typeof value !== "string" && !Array.isArray(value))) return [];
  const written = typeof value === "string" ? [value] : (value as readonly Json[]);
  return written.flatMap((entry, index): NeedNode[] => {
    const path = [...stage.path, key, ...(typeof value === "string" ? [] : [index])];
    if (typeof entry === "string") {
      const edges = edgesOf([entry], path, stage, false);
      return edges.length === 0 ? [] : [{ mode: "all", count: 1, rest: "keep", path, edges }];
    }
    if (!isObject(entry)) return [];
    const mode = entry["settled"] === undefined ? "anyOf" : "settled";
    const edges = edgesOf(entry[mode], [...path, mode], stage, true);
    const count = typeof entry["count"] === "number" ? entry["count"] : 1;
    const rest = entry["rest"] === "cancel" ? "cancel" : "keep";
    return edges.length === 0 ? [] : [{ mode, count, rest, path, edges }];
  });
}

function edgesOf(value: unknown, path: Path, stage: StageNode, listed: boolean): EdgeNode[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((text: unknown, index) => {
    if (typeof text !== "string") return [];
    const { byId } = stage.graph;
    const { id, outcome } = splitNeed(text, byId);
    const known = byId.get(id);
    const meant = known ?? byId.get(nearest(id, byId.keys()) ?? "");
    const target = meant === stage && known === undefined ? undefined : meant;
    return [{ text, path: listed ? [...path, index] : path, id, outcome, stage: target, isGuess: known === undefined }];
  });
}

/** At the first dot, unless a stage has an id with one in it. */
function splitNeed(text: string, byId: ReadonlyMap<string, StageNode>): { id: string; outcome: string | null } {
  const dot = text.indexOf(".");
  if (dot === -1 || byId.has(text)) return { id: text, outcome: null };
  const last = text.lastIndexOf(".");
  const at = byId.has(text.slice(0, last)) ? last : dot;
  return { id: text.slice(0, at), outcome: text.slice(at + 1) };
}
