import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { edgeHolds } from "../../../src/core/graph.js";
import type { Graph, Plan, StagePlan } from "../../../src/core/plan.js";
import { createProver } from "../../../src/definition/policy/prove.js";
import { spaceOf } from "../../../src/definition/policy/space.js";
import { Registry } from "../../../src/plugin/registry.js";
import { type NeedSpec, plan, type StageSpec } from "../../support/plan.js";
import { type Answer, Simulation } from "../../support/simulate.js";

/** Picks without end, from a list that fast-check shrinks. */
class Picks {
  #at = 0;
  constructor(readonly numbers: readonly number[]) {}
  of<T>(list: readonly T[]): T {
    const number = this.numbers[this.#at++ % this.numbers.length] as number;
    return list[number % list.length] as T;
  }
}

const GATE = ["approved", "rejected"];

/** Stages `a`, `b`, … that need earlier ones in every way the language has; some are gates, some groups. */
function randomStages(picks: Picks, ids: readonly string[], depth: number): Record<string, StageSpec> {
  const specs: Record<string, StageSpec> = {};
  for (const [index, id] of ids.entries()) {
    const isGate = picks.of([false, false, true]);
    const isGroup = !isGate && depth === 0 && picks.of([true, false, false, false]);
    const before = ids.slice(0, index);
    const edge = (): string => {
      const other = picks.of(before);
      const ends =
        specs[other]?.outcomes === undefined
          ? ["", "", "", ".failed", ".done", ".omitted"]
          : GATE.map((end) => `.${end}`);
      return `${other}${picks.of(ends)}`;
    };
    const edges = () => [edge(), edge()];
    const need = (): string | NeedSpec =>
      picks.of([
        edge,
        edge,
        () => ({ anyOf: edges() }),
        () => ({ anyOf: edges(), count: 2 }),
        () => ({ settled: edges() }),
      ])();
    const needs = before.length === 0 ? [] : [[], [need()], [need()], [need(), need()]];
    specs[id] = {
      needs: before.length === 0 ? [] : (picks.of(needs) as (string | NeedSpec)[]),
      ...(isGate && { outcomes: GATE }),
      ...(isGroup && {
        stages: randomStages(picks, [`${id}x`, `${id}y`], 1),
        // A group may fail though nothing inside did.
        outputs: { ok: `\${{ inputs.${id} ? inputs.missing : true }}` },
      }),
    };
  }
  return specs;
}

/** A stage whose end is tried in every way: by itself, or for a group when all inside is done. */
interface Leaf {
  readonly path: string;
  readonly plan: StagePlan;
}

function leavesOf(graph: Graph, prefix = ""): Leaf[] {
  return graph.stages.flatMap((stage) =>
    stage.graph === undefined
      ? [{ path: prefix + stage.id, plan: stage }]
      : [{ path: prefix + stage.id, plan: stage }, ...leavesOf(stage.graph, `${prefix}${stage.id}/`)],
  );
}

const FAILS: Answer = { fail: "no" };

function* assignments(leaves: readonly Leaf[], at = 0): Generator<Map<string, Answer>> {
  const leaf = leaves[at];
  if (leaf === undefined) {
    yield new Map();
    return;
  }
  const done = leaf.plan.outcomes.map((outcome) => ({ outcome }));
  const answers: Answer[] = leaf.plan.graph === undefined ? [...done, FAILS, "hang"] : [...done, FAILS];
  for (const rest of assignments(leaves, at + 1))
    for (const answer of answers) yield new Map([...rest, [leaf.path, answer]]);
}

/** Did the stage start before the edge had held? Looks at the journal alone. */
function breaks(
  of: Plan,
  answers: ReadonlyMap<string, Answer>,
  stage: string,
  edge: { path: string; outcome: string | null },
) {
  const inputs = Object.fromEntries([...answers].map(([path, answer]) => [path, answer === FAILS]));
  const { events } = new Simulation(of, { work: ({ path }) => answers.get(path), inputs }).run();
  const starts = ["stageStarted", "scopeOpened"];
  const start = events.findIndex((event) => starts.includes(event.type) && "stage" in event && event.stage === stage);
  const held = events.findIndex(
    (event) => event.type === "stageEnded" && event.stage === edge.path && edgeHolds(edge.outcome, event.outcome),
  );
  return start >= 0 && (held < 0 || held > start);
}

describe("the proof of a policy", () => {
  it("says of every small graph what trying all runs says", () => {
    const verdicts = { proved: 0, refuted: 0 };
    const numbers = fc.array(fc.nat({ max: 1_000 }), { minLength: 40, maxLength: 60 });
    fc.assert(
      fc.property(numbers, (list) => {
        const picks = new Picks(list);
        const specs = randomStages(picks, ["a", "b", "c", "d"].slice(0, picks.of([3, 4])), 0);
        const bare = plan(Object.keys(specs).join(","), specs);
        const leaves = leavesOf(bare.workflow.graph);
        fc.pre(leaves.length <= 6);
        const target = picks.of(leaves);
        const gate = picks.of(leaves.filter(({ path }) => path !== target.path));
        const outcome = picks.of([gate.plan.outcomes[0] as string, gate.plan.outcomes[0] as string, "failed"]);

        const space = spaceOf(bare.workflow, {});
        const spot = (path: string) => space.byAddress.get(path) as NonNullable<ReturnType<typeof space.byAddress.get>>;
        const prover = createProver(space, bare.workflow, new Registry([]));
        const answer = prover.ask({ begin: [spot(target.path)], without: { spot: spot(gate.path), outcome } });

        const edge = { path: gate.path, outcome };
        const requires = [{ stage: gate.path, outcome }];
        const policies = [{ id: "p", stage: target.path, requires, mustCompensate: false, distinct: [] }];
        const held = { ...bare, workflow: { ...bare.workflow, policies } };
        let broken = false;
        for (const answers of assignments(leaves)) {
          broken ||= breaks(bare, answers, target.path, edge);
          if (broken) {
            expect(breaks(held, answers, target.path, edge)).toBe(false);
            break;
          }
        }
        expect(answer.kind).toBe(broken ? "possible" : "never");
        verdicts[broken ? "refuted" : "proved"] += 1;
      }),
      { numRuns: 150 },
    );
    // A test in which everything is refuted would prove nothing.
    expect(verdicts.proved).toBeGreaterThan(10);
    expect(verdicts.refuted).toBeGreaterThan(10);
  }, 120_000);
});
