import type { Need, Plan, StagePlan } from "../core/plan.js";

/** Stages from which on a plan is kept short: below, there is nothing to be gained. */
const MANY = 1_000;

/** A need on the plain end of one stage is that stage's number, on another outcome both; any other is as it is. */
type ShortNeed = number | readonly [stage: number, outcome: string] | Need;

/** What is each stage's own in lists of their own, in the order of the stages: one flat list is read in no time. */
interface ShortPlan {
  readonly format: 2;
  readonly plan: Plan;
  /** Stages with nothing in what is their own, and which of these each stage is like. */
  readonly likenesses: readonly StagePlan[];
  readonly like: readonly number[];
  readonly ids: readonly string[];
  /** How many needs the first stage has, these, how many the second has, … */
  readonly needs: readonly ShortNeed[];
  /** What is under `with`; null: the same as of its likeness. */
  readonly inputs: readonly (NonNullable<StagePlan["with"]> | null)[];
}

/**
 * A plan as text. One of very many stages says what they have in common once: it is a tenth as long, and whoever takes up
 * its run has it that much sooner. What `planOf` makes of it is the same to the letter, for its hash goes by the letter.
 */
export function planText(plan: Plan): string {
  const { stages } = plan.workflow.graph;
  if (stages.length < MANY) return JSON.stringify(plan);
  const numbers = new Map<string, number>();
  const likenesses: StagePlan[] = [];
  const like = stages.map((stage) => {
    const likeness = { ...stage, id: "", index: 0, needs: [], ...(hasInput(stage) && { with: {} }) };
    const text = JSON.stringify(likeness);
    const number = numbers.get(text) ?? likenesses.push(likeness) - 1;
    numbers.set(text, number);
    return number;
  });
  const short: ShortPlan = {
    format: 2,
    plan: withStages(plan, []),
    likenesses,
    like,
    ids: stages.map(({ id }) => id),
    needs: stages.flatMap(({ needs }) => [needs.length, ...needs.map(shortNeed)]),
    inputs: stages.map((stage) => (hasInput(stage) ? (stage.with ?? null) : null)),
  };
  return JSON.stringify(short);
}

/** @param text of `planText` */
export function planOf(text: string): Plan {
  const kept: Plan | ShortPlan = JSON.parse(text);
  if (kept.format === 1) return kept;
  const { plan, likenesses, like, ids, needs: all, inputs } = kept;
  // Several stages wait for the same one: what they all say of it is made once.
  const plain = ids.map((_, stage) => needOf(stage, null));
  const needFrom = (short: ShortNeed) => (typeof short === "number" ? (plain[short] as Need) : wholeNeed(short));
  let next = 0;
  const stages = like.map((number, index): StagePlan => {
    const needs: Need[] = [];
    for (let left = all[next++] as number; left > 0; left--) needs.push(needFrom(all[next++] as ShortNeed));
    const likeness = likenesses[number] as StagePlan;
    const [id, input] = [ids[index] as string, inputs[index] ?? null];
    return input === null ? { ...likeness, id, index, needs } : { ...likeness, id, index, needs, with: input };
  });
  return withStages(plan, stages);
}

function hasInput({ with: input }: StagePlan): boolean {
  for (const _ in input as object | undefined) return true;
  return false;
}

function shortNeed(need: Need): ShortNeed {
  const [edge] = need.edges;
  if (edge === undefined) return need;
  const short = edge.outcome === null ? edge.stage : ([edge.stage, edge.outcome] as const);
  return JSON.stringify(wholeNeed(short)) === JSON.stringify(need) ? short : need;
}

function wholeNeed(short: ShortNeed): Need {
  if (typeof short === "number") return needOf(short, null);
  return "edges" in short ? short : needOf(short[0], short[1]);
}

function needOf(stage: number, outcome: string | null): Need {
  return { mode: "all", edges: [{ stage, outcome }], count: 1, rest: "keep" };
}

function withStages(plan: Plan, stages: readonly StagePlan[]): Plan {
  const { workflow } = plan;
  return { ...plan, workflow: { ...workflow, graph: { ...workflow.graph, stages } } };
}
