import type { Graph, Plan, StagePlan } from "../../core/plan.js";
import { type PolicyNotes, policyNotes } from "./policies.js";

/** A graph to draw: what every format has in common. */
export interface GraphModel {
  readonly title: string;
  /** In file order. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphNode {
  /** Unique within the model. */
  readonly id: string;
  readonly title?: string;
  readonly uses: string;
  readonly kind: StagePlan["kind"];
  /** `for each item`, `if`, `repeats`: what a reader must know and no edge says. */
  readonly notes: readonly string[];
  /** What policies say of it: `guarded by board`, `required by board`. */
  readonly policies: readonly string[];
  /** How it ended, or `running`, `waiting`; undefined without a run, or when it was not reached yet. */
  readonly status?: string;
  /** With a group: its own graph. */
  readonly inside?: GraphModel;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Undefined: succeeded or skipped. */
  readonly outcome?: string;
  /** Edges of one entry of `needs` share a number; `all` entries hold each by itself. */
  readonly need: number;
  readonly mode: "all" | "anyOf" | "settled";
  /** How many edges of the need must hold. */
  readonly count: number;
  /** In a run: its stage ended in another way. */
  readonly isDead?: boolean;
}

/** How stages stand, by path, when the graph of a run is drawn. */
export type Statuses = ReadonlyMap<string, string>;

/** What is known of stages beside the graph itself, by path. */
interface Known {
  readonly statuses: Statuses;
  readonly policies: PolicyNotes;
}

export function modelOf(plan: Plan, statuses: Statuses = new Map()): GraphModel {
  const { id, version, graph } = plan.workflow;
  return ofGraph(`${id} ${version}`, graph, "", { statuses, policies: policyNotes(plan.workflow) });
}

/** The graph of the stages that run when the run is about to end. */
export function finallyOf(plan: Plan, statuses: Statuses = new Map()): GraphModel | undefined {
  const last = plan.workflow.finally;
  const known = { statuses, policies: policyNotes(plan.workflow) };
  return last && ofGraph(`${plan.workflow.id}: finally`, last, "finally/", known);
}

function ofGraph(title: string, graph: Graph, prefix: string, known: Known): GraphModel {
  const nodes = graph.stages.map((stage) => ofStage(stage, prefix, known));
  const edges = graph.stages.flatMap((stage) =>
    stage.needs.flatMap((need, number) =>
      need.edges.map(({ stage: from, outcome }): GraphEdge => {
        const source = graph.stages[from] as StagePlan;
        return {
          from: prefix + source.id,
          to: prefix + stage.id,
          need: number,
          mode: need.mode,
          count: need.count,
          ...(outcome !== null && { outcome }),
          ...(isDead(known.statuses.get(prefix + source.id), outcome) && { isDead: true }),
        };
      }),
    ),
  );
  return { title, nodes, edges };
}

/** Statuses from which an edge may still come to hold. */
const OPEN = ["pending", "queued", "running", "waiting", "paused", "held", "rollingBack"];

function isDead(status: string | undefined, outcome: string | null): boolean {
  if (status === undefined || OPEN.includes(status)) return false;
  if (outcome === null) return ["failed", "omitted", "cancelled"].includes(status);
  return outcome === "done" ? status === "omitted" : status !== outcome;
}

function ofStage(stage: StagePlan, prefix: string, known: Known): GraphNode {
  const id = prefix + stage.id;
  const status = known.statuses.get(id);
  return {
    id,
    uses: stage.uses,
    kind: stage.kind,
    notes: notesOf(stage),
    policies: known.policies.get(id) ?? [],
    ...(stage.title === undefined ? {} : { title: stage.title }),
    ...(status === undefined ? {} : { status }),
    ...(stage.graph ? { inside: ofGraph(id, stage.graph, `${id}/`, known) } : {}),
  };
}

function notesOf(stage: StagePlan): readonly string[] {
  const notes: string[] = [];
  if (stage.forEach) notes.push(stage.forEach.batchSize ? `for each batch of ${stage.forEach.batchSize}` : "for each");
  if (stage.repeat) notes.push(`repeats, at most ${stage.repeat.maxIterations}`);
  if (stage.if !== undefined) notes.push("if");
  if (stage.calls !== undefined) notes.push(`calls ${stage.calls}`);
  if (stage.compensate) notes.push("can be undone");
  return notes;
}
