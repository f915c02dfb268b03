import type { Graph, Plan, StagePlan, WorkflowPlan } from "../core/plan.js";

/** The stage type that stands for a group or sub-workflow mocked as a whole. */
export const MOCKED = "stagecraft/mocked";

/** The plan with each mocked group and sub-workflow closed up: an effect whose inside is never entered. */
export function mockedPlan(plan: Plan, mocks: readonly string[]): Plan {
  const wanted = new Set(mocks.map((address) => address.replace(/\[[^\]]*\]|#[\d*]+/g, "")));
  if (wanted.size === 0) return plan;
  return { ...plan, workflow: inWorkflow(plan.workflow, wanted) };
}

function inWorkflow(workflow: WorkflowPlan, wanted: ReadonlySet<string>): WorkflowPlan {
  return {
    ...workflow,
    graph: inGraph(workflow.graph, "", wanted),
    ...(workflow.finally !== undefined && { finally: inGraph(workflow.finally, "finally/", wanted) }),
  };
}

function inGraph(graph: Graph, prefix: string, wanted: ReadonlySet<string>): Graph {
  return { stages: graph.stages.map((stage) => inStage(stage, `${prefix}${stage.id}`, wanted)) };
}

function inStage(stage: StagePlan, path: string, wanted: ReadonlySet<string>): StagePlan {
  const isStructure = stage.kind === "group" || stage.calls !== undefined;
  if (isStructure && wanted.has(path)) {
    const { graph: _graph, calls: _calls, outputs: _outputs, ...rest } = stage;
    return { ...rest, kind: "effect", uses: MOCKED };
  }
  return stage.graph === undefined ? stage : { ...stage, graph: inGraph(stage.graph, `${path}/`, wanted) };
}
